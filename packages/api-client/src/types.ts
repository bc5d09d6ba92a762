/** @public */
export interface ApiRequestOptions {
  /** Bearer token; the browser's fetch API adds its own. */
  token?: string;
  signal?: AbortSignal;
}

/** What a client needs of its surroundings. @public */
export interface ApiClientOptions {
  discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  fetchApi?: { fetch: typeof fetch };
}

/**
 * A page of a list that is paged by cursor.
 *
 * @public
 */
export interface Page<T> {
  items: T[];
  /** Pass as `cursor` to get what follows; absent on the last page. */
  nextCursor?: string;
}

/**
 * A page of a feed of changes: every row once, in the order in which the rows
 * changed last. The cursor is always there; asking again with it, now or in a
 * week, gives what changed since.
 *
 * @public
 */
export interface ChangePage<T> {
  items: T[];
  cursor: string;
  /** Whether more rows are ready behind the cursor. */
  hasMore: boolean;
}

/** @public */
export type QueryValue =
  string | number | boolean | readonly string[] | undefined;
