/** The portal's API as the guest, for what a journey only waits for. */
export class PortalApi {
  readonly #url = 'http://localhost:7007/api';
  #token = '';

  /** Reads a path; throws when the answer is no success. */
  async get<T>(path: string): Promise<T> {
    let response = await this.#fetch(path);
    if (response.status === 401) {
      await this.#signIn();
      response = await this.#fetch(path);
    }
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  }

  #fetch(path: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
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
