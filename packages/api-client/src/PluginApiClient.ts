import { ResponseError } from '@backstage/errors';
import type { ApiClientOptions, ApiRequestOptions, QueryValue } from './types';

/**
 * Sends requests to the backend of one plugin.
 *
 * Every method throws `ResponseError` when the backend answers with an error;
 * its `body.error.message` is a sentence for the user.
 *
 * @public
 */
export class PluginApiClient {
  readonly #pluginId: string;
  readonly #discovery: ApiClientOptions['discoveryApi'];
  readonly #fetch: typeof fetch;

  constructor(pluginId: string, options: ApiClientOptions) {
    this.#pluginId = pluginId;
    this.#discovery = options.discoveryApi;
    this.#fetch = options.fetchApi?.fetch ?? fetch;
  }

  get<T>(
    path: string,
    query?: Record<string, QueryValue>,
    options?: ApiRequestOptions,
  ): Promise<T> {
    return this.#json('GET', `${path}${toQuery(query)}`, undefined, options);
  }

  post<T>(
    path: string,
    body: unknown,
    options?: ApiRequestOptions,
  ): Promise<T> {
    return this.#json('POST', path, body, options);
  }

  put<T>(path: string, body: unknown, options?: ApiRequestOptions): Promise<T> {
    return this.#json('PUT', path, body, options);
  }

  delete<T>(path: string, options?: ApiRequestOptions): Promise<T> {
    return this.#json('DELETE', path, undefined, options);
  }

  /** Answers with the response itself, to stream its body. */
  async stream(
    path: string,
    query?: Record<string, QueryValue>,
    options?: ApiRequestOptions,
  ): Promise<Response> {
    return this.#send('GET', `${path}${toQuery(query)}`, undefined, options);
  }

  async #json<T>(
    method: string,
    path: string,
    body: unknown,
    options: ApiRequestOptions | undefined,
  ): Promise<T> {
    const response = await this.#send(method, path, body, options);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async #send(
    method: string,
    path: string,
    body: unknown,
    options: ApiRequestOptions | undefined,
  ): Promise<Response> {
    const baseUrl = await this.#discovery.getBaseUrl(this.#pluginId);
    const doFetch = this.#fetch;
    const response = await doFetch(`${baseUrl}${path}`, {
      method,
      signal: options?.signal,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options?.token ? { authorization: `Bearer ${options.token}` } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw await ResponseError.fromResponse(response);
    return response;
  }
}

/** Writes lists as repeated parameters and leaves out what is empty. */
function toQuery(query: Record<string, QueryValue> = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== '') {
        parameters.append(key, String(item));
      }
    }
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}
