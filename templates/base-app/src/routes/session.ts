import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import {
  sessionDays,
  type Account,
  type AccountService,
  type Session,
} from '../accounts/AccountService.js';
import { Problem } from '../problems.js';

const cookieName = 'session';

export function readSessionToken(context: Context): string | undefined {
  return getCookie(context, cookieName);
}

export function startSession(context: Context, session: Session): void {
  setCookie(context, cookieName, session.token, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(context),
    path: '/',
    maxAge: sessionDays * 24 * 60 * 60,
  });
}

export function endSession(context: Context): void {
  deleteCookie(context, cookieName, { path: '/' });
}

export async function findAccount(
  context: Context,
  accounts: AccountService,
): Promise<Account | undefined> {
  const token = readSessionToken(context);
  return token ? accounts.findAccount(token) : undefined;
}

export async function getAccount(
  context: Context,
  accounts: AccountService,
): Promise<Account> {
  const account = await findAccount(context, accounts);
  if (!account) {
    throw new Problem(401, 'Please sign in first.');
  }
  return account;
}

/** Where a request came from, as well as it can be told behind a proxy. */
export function clientAddress(context: Context): string {
  return (
    context.req.header('x-real-ip') ??
    context.req.header('x-forwarded-for')?.split(',')[0]?.trim() ??
    'unknown'
  );
}

function isSecure(context: Context): boolean {
  const forwarded = context.req.header('x-forwarded-proto');
  return (forwarded ?? new URL(context.req.url).protocol).startsWith('https');
}
