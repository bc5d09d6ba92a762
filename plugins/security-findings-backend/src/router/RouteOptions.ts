import type {
  AuditorService,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import type { FindingsService } from '../services/FindingsService';

/** What every group of routes needs. */
export interface RouteOptions {
  service: FindingsService;
  httpAuth: HttpAuthService;
  auditor: AuditorService;
}
