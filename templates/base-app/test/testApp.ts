import { createApp } from '../src/app.js';
import { createDependencies } from '../src/dependencies.js';
import { readSettings } from '../src/settings.js';

/**
 * A browser that keeps its cookies, in front of the whole application, which it
 * reaches from an address.
 */
export function openApp(
  env: Record<string, string> = {},
  address = '192.0.2.1',
) {
  const dependencies = createDependencies(readSettings(env));
  const app = createApp(dependencies);
  let cookie = '';

  async function send(path: string, init: RequestInit = {}) {
    const headers = new Headers(init.headers);
    headers.set('host', 'app.test');
    if (cookie) {
      headers.set('cookie', cookie);
    }
    const response = await app.request(
      `http://app.test${path}`,
      { ...init, headers },
      { incoming: { socket: { remoteAddress: address } } },
    );
    for (const set of response.headers.getSetCookie()) {
      cookie = set.split(';')[0]?.replace(/^session=$/, '') ?? '';
    }
    return response;
  }

  return {
    dependencies,
    send,
    /** Opens a page, or sends a form, as a browser does. */
    async page(path: string, form?: FormData | Record<string, string>) {
      const response = await send(path, {
        method: form ? 'POST' : 'GET',
        headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin' },
        body:
          form === undefined || form instanceof FormData
            ? form
            : new URLSearchParams(form),
      });
      return { status: response.status, response, html: await response.text() };
    },
    async json(method: string, path: string, body?: unknown) {
      const response = await send(path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      return {
        status: response.status,
        response,
        body: text ? JSON.parse(text) : undefined,
      };
    },
    close: () => dependencies.close(),
  };
}
