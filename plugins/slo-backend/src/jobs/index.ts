import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SloConfig } from '../config';
import type { createServices } from '../createServices';
import { scheduleDiscoverEntitiesJob } from './discoverEntitiesJob';
import { scheduleEnsureDrainsJob } from './ensureDrainsJob';
import { scheduleEvaluateSlosJob } from './evaluateSlosJob';
import { schedulePruneAlertsJob } from './pruneAlertsJob';
import { schedulePruneRollupsJob } from './pruneRollupsJob';
import { scheduleReadFilesJob } from './readFilesJob';
import { scheduleReconcileRuleAlertsJob } from './reconcileRuleAlertsJob';
import { scheduleRollUpHoursJob } from './rollUpHoursJob';

/** Schedules all jobs of the plugin. */
export async function scheduleJobs(
  options: ReturnType<typeof createServices> & {
    settings: SloConfig;
    scheduler: SchedulerService;
    lifecycle: LifecycleService;
    events: EventsService;
    logger: LoggerService;
  },
): Promise<void> {
  const { scheduler, settings, drains, ruleAlerts } = options;
  await scheduleDiscoverEntitiesJob(options);
  await scheduleReadFilesJob(options);
  await scheduleEvaluateSlosJob({ ...options, ...settings });
  await schedulePruneAlertsJob(options);
  await scheduleRollUpHoursJob(options);
  await schedulePruneRollupsJob(options);
  if (drains && settings.drainUrl) {
    await scheduleEnsureDrainsJob({
      scheduler,
      drains,
      drainUrl: settings.drainUrl,
    });
  }
  if (ruleAlerts)
    await scheduleReconcileRuleAlertsJob({ scheduler, ruleAlerts });
}
