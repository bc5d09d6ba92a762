import { Request, Response } from 'express';
import { validationFailed } from '../services';
import { readPage, RouteContext } from './RouteContext';

function encodeCursor(key: [string, number]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64');
}

function decodeCursor(name: string, value: unknown): [string, number] {
  try {
    const [text, number] = JSON.parse(
      Buffer.from(String(value), 'base64').toString('utf8'),
    );
    if (typeof text === 'string' && typeof number === 'number') {
      return [text, number];
    }
  } catch {
    // Said below.
  }
  throw validationFailed([], `Invalid ${name} cursor`);
}

function compare(left: [string, number], right: [string, number]): number {
  if (left[0] !== right[0]) {
    return left[0] < right[0] ? -1 : 1;
  }
  return left[1] - right[1];
}

/**
 * Takes one page of a list by GitHub's `after` and `before` cursors and writes
 * its Link header, whose `next` and `prev` carry them.
 */
export function cursorPageOf<Item>(
  context: RouteContext,
  request: Request,
  response: Response,
  options: {
    items: Item[];
    /** What items are ordered by; the number makes it unique. */
    keyOf: (item: Item) => [string, number];
    descending: boolean;
  },
): Item[] {
  const { keyOf, descending } = options;
  const { perPage } = readPage(request);
  const sign = descending ? -1 : 1;
  const ordered = [...options.items].sort(
    (left, right) => sign * compare(keyOf(left), keyOf(right)),
  );
  const { after, before } = request.query;
  if (after !== undefined && before !== undefined) {
    throw validationFailed([], 'Give either after or before, not both');
  }
  let start = 0;
  let end = perPage;
  if (after !== undefined) {
    const cursor = decodeCursor('after', after);
    const at = ordered.findIndex(
      item => sign * compare(keyOf(item), cursor) > 0,
    );
    start = at < 0 ? ordered.length : at;
    end = start + perPage;
  } else if (before !== undefined) {
    const cursor = decodeCursor('before', before);
    const at = ordered.findIndex(
      item => sign * compare(keyOf(item), cursor) >= 0,
    );
    end = at < 0 ? ordered.length : at;
    start = Math.max(end - perPage, 0);
  }
  const page = ordered.slice(start, end);
  const links: string[] = [];
  const add = (relation: string, name: string, item: Item) => {
    const url = new URL(request.originalUrl, context.baseUrl());
    url.searchParams.delete('after');
    url.searchParams.delete('before');
    url.searchParams.set(name, encodeCursor(keyOf(item)));
    links.push(`<${url.href}>; rel="${relation}"`);
  };
  if (page.length > 0 && end < ordered.length) {
    add('next', 'after', page[page.length - 1]);
  }
  if (page.length > 0 && start > 0) {
    add('prev', 'before', page[0]);
  }
  if (links.length > 0) {
    response.setHeader('link', links.join(', '));
  }
  return page;
}
