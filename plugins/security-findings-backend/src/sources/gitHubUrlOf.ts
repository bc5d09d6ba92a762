import type { GithubIntegration } from '@backstage/integration';

/**
 * Finds where the repositories of an integration are, for example
 * `https://github.com`. One whose API has the same host speaks as its API does.
 */
export function gitHubUrlOf({ config }: GithubIntegration): string {
  const api = URL.parse(config.apiBaseUrl ?? '');
  const protocol = api?.host === config.host ? api.protocol : 'https:';
  return `${protocol}//${config.host}`;
}
