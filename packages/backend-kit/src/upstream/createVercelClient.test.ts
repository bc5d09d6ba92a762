import { ConfigReader } from '@backstage/config';
import { createVercelClient, readVercelOptions } from './createVercelClient';

describe('readVercelOptions', () => {
  it("defaults to Vercel's own API and drops a trailing slash", () => {
    expect(
      readVercelOptions(new ConfigReader({ vercel: { token: 't' } })),
    ).toEqual({
      token: 't',
      apiBaseUrl: 'https://api.vercel.com',
      teamId: undefined,
    });
    expect(
      readVercelOptions(
        new ConfigReader({
          vercel: {
            token: 't',
            apiBaseUrl: 'http://127.0.0.1:4392/',
            teamId: 'team_acme',
          },
        }),
      ),
    ).toEqual({
      token: 't',
      apiBaseUrl: 'http://127.0.0.1:4392',
      teamId: 'team_acme',
    });
  });

  it.each([
    [{}, /'vercel.token' is missing/],
    [
      { vercel: { token: 't', apiBaseUrl: 'ftp://example.com' } },
      /'vercel.apiBaseUrl' is 'ftp:\/\/example.com'/,
    ],
    [
      { vercel: { token: 't', apiBaseUrl: 'nonsense' } },
      /'vercel.apiBaseUrl' is 'nonsense'/,
    ],
  ])('names the key that is missing or wrong in %j', (data, message) => {
    expect(() => readVercelOptions(new ConfigReader(data))).toThrow(message);
  });
});

describe('createVercelClient', () => {
  it('carries the team for every request', () => {
    const client = createVercelClient({
      token: 't',
      apiBaseUrl: 'http://127.0.0.1:4392',
      teamId: 'team_acme',
    });
    expect(client.teamId).toBe('team_acme');
    expect(client.core._baseURL?.origin).toBe('http://127.0.0.1:4392');
  });
});
