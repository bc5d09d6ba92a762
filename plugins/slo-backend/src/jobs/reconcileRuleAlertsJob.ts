import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { RuleAlertsService } from '../services/RuleAlertsService';

/** Takes over Prometheus's alerts every 30 seconds, in one replica at a time. */
export async function scheduleReconcileRuleAlertsJob(options: {
  scheduler: SchedulerService;
  ruleAlerts: RuleAlertsService;
}): Promise<void> {
  const { scheduler, ruleAlerts } = options;
  await scheduler.scheduleTask({
    id: 'reconcile-rule-alerts',
    frequency: { seconds: 30 },
    timeout: { minutes: 5 },
    initialDelay: { seconds: 10 },
    fn: () => ruleAlerts.reconcileAlerts(),
  });
}
