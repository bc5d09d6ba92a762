import { Octokit } from '@octokit/rest';

const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** Makes GitHub's own client; a status that a test expects is not worth a line of log. */
export function createTestOctokit(options: {
  url: string;
  token?: string;
}): Octokit {
  return new Octokit({
    baseUrl: options.url,
    auth: options.token,
    log: quiet,
  });
}
