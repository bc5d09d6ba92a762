import type {
  ContinueRunRequest,
  ListRunsRequest,
  RunbookRun,
  RunbookRunDetails,
  StartRunRequest,
} from '@forkyard/plugin-incidents-common';
import type { CallOptions } from './RunbookService';

/** The operations on runs of runbooks, whoever calls. */
export interface RunService {
  startRun(
    request: StartRunRequest,
    options: CallOptions,
  ): Promise<RunbookRunDetails>;
  continueRun(
    request: ContinueRunRequest,
    options: CallOptions,
  ): Promise<RunbookRunDetails>;
  cancelRun(
    request: { id: string },
    options: CallOptions,
  ): Promise<RunbookRunDetails>;
  /** Throws `NotFoundError`. */
  getRun(
    request: { id: string },
    options: CallOptions,
  ): Promise<RunbookRunDetails>;
  listRuns(
    request: ListRunsRequest,
    options: CallOptions,
  ): Promise<{ items: RunbookRun[]; nextCursor?: string }>;
}
