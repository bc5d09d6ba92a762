import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import {
  sessionDays,
  type Account,
  type AccountService,
  type Session,
} from '../accounts/AccountService.js';
import { Problem } from '../problems.js';
import type { Settings } from '../settings.js';

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

/**
 * Tells where a request came from.
 *
 * Headers say so on the platform only, which overwrites them; anywhere else the
 * client could write into them what it likes, and the connection counts.
 */
export function clientAddress(
  context: Context,
  { hasForwardedAddress }: Pick<Settings, 'hasForwardedAddress'>,
): string {
  if (hasForwardedAddress) {
    const forwarded =
      context.req.header('x-real-ip') ??
      context.req.header('x-forwarded-for')?.split(',')[0]?.trim();
    if (forwarded) {
      return forwarded;
    }
  }
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  return incoming?.socket.remoteAddress ?? 'unknown';
}

function isSecure(context: Context): boolean {
  const forwarded = context.req.header('x-forwarded-proto');
  return (forwarded ?? new URL(context.req.url).protocol).startsWith('https');
}
