/** The portal's API as the guest, for what a journey only waits for. */
export class PortalApi {
  readonly #url = 'http://localhost:7007/api';
  #token = '';

  /** Reads a path; throws when the answer is no success. */
  async get<T>(path: string): Promise<T> {
    const response = await this.#call(path);
    return (await response.json()) as T;
  }

  /** Asks for a change; throws when the answer is no success. */
  async post(path: string): Promise<void> {
    await this.#call(path, 'POST');
  }

  async #call(path: string, method = 'GET'): Promise<Response> {
    let response = await this.#fetch(path, method);
    if (response.status === 401) {
      await this.#signIn();
      response = await this.#fetch(path, method);
    }
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response;
  }

  #fetch(path: string, method: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      method,
      headers: this.#token ? { authorization: `Bearer ${this.#token}` } : {},
    });
  }

  async #signIn(): Promise<void> {
    const response = await fetch(`${this.#url}/auth/guest/refresh`, {
      method: 'POST',
    });
    const { backstageIdentity } = (await response.json()) as {
      backstageIdentity: { token: string };
    };
    this.#token = backstageIdentity.token;
  }
}
