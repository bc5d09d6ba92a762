import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../database/Database.js';
import { Problem } from '../problems.js';
import { limits, type RateLimiter } from '../store/RateLimiter.js';
import { hashPassword, verifyPassword } from './passwords.js';

export interface Account {
  id: string;
  email: string;
  balance: number;
}

export interface Session {
  /** The cookie's value; only its hash is kept. */
  token: string;
  account: Account;
}

export interface Credentials {
  email: string;
  password: string;
}

export const sessionDays = 30;
const uniqueViolation = '23505';

/** Keeps accounts and who is signed in. */
export class AccountService {
  readonly #database: Database;
  readonly #limiter: RateLimiter;
  readonly #startingTokens: number;

  constructor(options: {
    database: Database;
    limiter: RateLimiter;
    startingTokens: number;
  }) {
    this.#database = options.database;
    this.#limiter = options.limiter;
    this.#startingTokens = options.startingTokens;
  }

  async signUp(credentials: Credentials, address: string): Promise<Session> {
    const { email, password } = parseCredentials(credentials);
    await this.#limiter.take(limits.signUpPerAddress, address);
    const passwordHash = await hashPassword(password);
    const token = newToken();
    const account = await this.#database
      .transaction(async client => {
        const { rows } = await client.query<{ id: string }>(
          'insert into users (email, password_hash) values ($1, $2) returning id',
          [email, passwordHash],
        );
        const id = rows[0]?.id ?? '';
        await client.query(
          'insert into user_tokens (user_id, balance) values ($1, $2)',
          [id, this.#startingTokens],
        );
        await client.query(insertSession, [hashToken(token), id, sessionDays]);
        return { id, email, balance: this.#startingTokens };
      })
      .catch(error => {
        if ((error as { code?: string }).code === uniqueViolation) {
          throw new Problem(
            409,
            `There is an account for ${email} already. Sign in instead.`,
          );
        }
        throw error;
      });
    return { token, account };
  }

  async signIn(credentials: Credentials, address: string): Promise<Session> {
    const { email, password } = parseCredentials(credentials);
    await this.#limiter.take(limits.signInPerAddress, address);
    await this.#limiter.take(
      limits.signInPerEmailAndAddress,
      `${email} ${address}`,
    );
    // Last, so that what was refused above does not count against everybody.
    await this.#limiter.take(limits.signInPerEmail, email);
    const { rows } = await this.#database.query<{
      id: string;
      password_hash: string;
      balance: number;
    }>(
      `select users.id, users.password_hash, user_tokens.balance
         from users join user_tokens on user_tokens.user_id = users.id
        where users.email = $1`,
      [email],
    );
    const user = rows[0];
    const matches = await verifyPassword(password, user?.password_hash);
    if (!user || !matches) {
      throw new Problem(401, 'The e-mail address or the password is wrong.');
    }
    const token = newToken();
    await this.#database.query(insertSession, [
      hashToken(token),
      user.id,
      sessionDays,
    ]);
    return { token, account: { id: user.id, email, balance: user.balance } };
  }

  async signOut(token: string): Promise<void> {
    await this.#database.query(
      'delete from sessions where token_hash = $1 or expires_at < now()',
      [hashToken(token)],
    );
  }

  /** Finds who is signed in with a cookie. */
  async findAccount(token: string): Promise<Account | undefined> {
    const { rows } = await this.#database.query<{
      id: string;
      email: string;
      balance: number;
    }>(
      `select users.id, users.email, user_tokens.balance
         from sessions
         join users on users.id = sessions.user_id
         join user_tokens on user_tokens.user_id = users.id
        where sessions.token_hash = $1 and sessions.expires_at > now()`,
      [hashToken(token)],
    );
    return rows[0];
  }
}

const insertSession = `
  insert into sessions (token_hash, user_id, expires_at)
  values ($1, $2, now() + make_interval(days => $3))`;

function parseCredentials({ email, password }: Credentials): Credentials {
  const address = email.trim().toLowerCase();
  if (address.length > 254 || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) {
    throw new Problem(
      400,
      'Please give an e-mail address such as ana@example.com.',
    );
  }
  if (password.length < 10 || password.length > 200) {
    throw new Problem(400, 'Please give a password of 10 to 200 characters.');
  }
  return { email: address, password };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
