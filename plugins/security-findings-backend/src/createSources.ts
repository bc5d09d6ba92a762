import type {
  AuthService,
  LoggerService,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { DefaultGithubCredentialsProvider } from '@backstage/integration';
import { UrlProbe } from '@forkyard/backend-kit';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { SecurityFindingsOptions } from './config';
import type { FindingsSource } from './sources/FindingsSource';
import { GithubAlertReader } from './sources/GithubAlertReader';
import { GithubCodeScanningSource } from './sources/GithubCodeScanningSource';
import { GithubDependabotSource } from './sources/GithubDependabotSource';
import { GithubSecretScanningSource } from './sources/GithubSecretScanningSource';
import { LiveUrlHeadersSource } from './sources/LiveUrlHeadersSource';
import { RepositoryLicensesSource } from './sources/RepositoryLicensesSource';
import { RepositorySecretsSource } from './sources/RepositorySecretsSource';
import { RepositoryTree } from './sources/RepositoryTree';

/** Creates what looks for findings, as configured. */
export function createSources(
  options: SecurityFindingsOptions,
  deps: {
    auth: AuthService;
    deployments: DeploymentsService;
    logger: LoggerService;
    urlReader: UrlReaderService;
  },
): FindingsSource[] {
  const { githubIntegration: integration, scans } = options;
  const reader = new GithubAlertReader({
    integration,
    credentialsProvider: DefaultGithubCredentialsProvider.fromIntegrations(
      options.integrations,
    ),
    logger: deps.logger,
  });
  const tree = new RepositoryTree({ reader: deps.urlReader, integration });
  return [
    new GithubCodeScanningSource(reader),
    new GithubDependabotSource(reader),
    new GithubSecretScanningSource(reader),
    ...(scans.secrets ? [new RepositorySecretsSource(tree)] : []),
    ...(scans.licenses
      ? [
          new RepositoryLicensesSource({
            tree,
            allowed: options.allowedLicenses,
          }),
        ]
      : []),
    ...(scans.headers
      ? [
          new LiveUrlHeadersSource({
            ...deps,
            probe: new UrlProbe({
              purpose: 'scan',
              ownRequests: options.ownRequests,
              maxRedirects: 3,
            }),
          }),
        ]
      : []),
  ];
}
