import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { AlertmanagerService } from '../services/AlertmanagerService';
import type { AlertService } from '../services/AlertService';
import type { RunbookService } from '../services/RunbookService';
import type { RunService } from '../services/RunService';

/** What the routes need; the services ask for permissions themselves. */
export interface RouterOptions {
  alerts: AlertService;
  runbooks: RunbookService;
  runs: RunService;
  alertmanager: AlertmanagerService;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}
