import type { Context } from 'hono';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Answers with a page. It is somebody's own, so nobody keeps a copy. */
export function showPage(
  context: Context,
  page: HtmlEscapedString | Promise<HtmlEscapedString>,
  status: ContentfulStatusCode = 200,
) {
  context.header('cache-control', 'no-store');
  return context.html(html`<!doctype html>${page}`, status);
}
