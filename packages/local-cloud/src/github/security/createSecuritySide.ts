import { Log } from '../../Log';
import { GitHubEvents, RepositoryService } from '../services';
import { GitHubStore } from '../store';
import { AdvisoryBook } from './AdvisoryBook';
import { CodeScanningService } from './CodeScanningService';
import { DependabotService } from './DependabotService';
import { SecretScanningService } from './SecretScanningService';
import { SecurityScanner } from './SecurityScanner';

/** Is everything that finds and announces alerts. */
export interface SecuritySide {
  codeScanning: CodeScanningService;
  dependabot: DependabotService;
  secretScanning: SecretScanningService;
  scanner: SecurityScanner;
}

/** Wires the services of alerts; the scanner does nothing before it is started. */
export function createSecuritySide(options: {
  store: GitHubStore;
  repositories: RepositoryService;
  events: GitHubEvents;
  log: Log;
  dataDir: string;
  baseUrl: () => string;
}): SecuritySide {
  const { store, repositories, events, log, dataDir, baseUrl } = options;
  const codeScanning = new CodeScanningService({ store, events, baseUrl });
  const dependabot = new DependabotService({ store, events, baseUrl });
  const secretScanning = new SecretScanningService({ store, events, baseUrl });
  const scanner = new SecurityScanner({
    store,
    repositories,
    log,
    advisories: new AdvisoryBook({ dataDir, log }),
    codeScanning,
    dependabot,
    secretScanning,
  });
  events.onPush(() => scanner.wake());
  return { codeScanning, dependabot, secretScanning, scanner };
}
