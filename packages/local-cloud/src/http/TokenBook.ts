import { createHash, timingSafeEqual } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { LocalCloudToken } from '../config';

/** Says who sent a request. */
export interface Caller {
  login: string;
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}

/** Reads the token of a request from bearer, `token` or basic authorization. */
export function readToken(request: IncomingMessage): string | undefined {
  const [scheme, ...rest] = (request.headers.authorization ?? '').split(' ');
  const value = rest.join(' ').trim();
  switch (scheme.toLowerCase()) {
    case '':
      return undefined;
    case 'bearer':
    case 'token':
      return value;
    case 'basic': {
      const [user, ...password] = Buffer.from(value, 'base64')
        .toString('utf8')
        .split(':');
      const secret = password.join(':');
      return secret === '' || secret === 'x-oauth-basic' ? user : secret;
    }
    default:
      return '';
  }
}

/** Knows the accepted tokens; compares in constant time. */
export class TokenBook {
  readonly #entries: { hash: Buffer; caller: Caller }[];

  constructor(tokens: LocalCloudToken[]) {
    this.#entries = tokens.map(({ token, login }) => ({
      hash: digest(token),
      caller: { login },
    }));
  }

  /** Accepts a further token for the life of this process. */
  add(entry: LocalCloudToken): void {
    this.#entries.push({
      hash: digest(entry.token),
      caller: { login: entry.login },
    });
  }

  find(token: string): Caller | undefined {
    const hash = digest(token);
    return this.#entries.find(entry => timingSafeEqual(entry.hash, hash))
      ?.caller;
  }
}
