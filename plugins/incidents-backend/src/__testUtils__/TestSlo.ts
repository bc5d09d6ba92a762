import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { SloService } from '@forkyard/plugin-slo-node';

/** Alerts as the slo plugin would tell of them. */
export class TestSlo {
  alerts: SloAlert[] = [];
  failure?: Error;

  add(alert: Partial<SloAlert> & { id: string; entityRef: string }): SloAlert {
    const added: SloAlert = {
      slo: 'availability',
      severity: 'page',
      state: 'firing',
      startsAt: '2026-11-21T10:00:00.000Z',
      summary: 'The budget burns 14 times too fast',
      runbook: 'runbooks/high-error-rate.md',
      source: 'slo',
      ...alert,
    };
    this.alerts.push(added);
    return added;
  }

  service(): SloService {
    const unexpected = async () => {
      throw new Error('The test did not expect this call');
    };
    return {
      listAlerts: async ({ ids, state }) => {
        if (this.failure) throw this.failure;
        return {
          items: this.alerts
            .filter(alert => !ids || ids.includes(alert.id))
            .filter(alert => !state || alert.state === state)
            .map(alert => ({ ...alert })),
        };
      },
      listSlos: unexpected,
      getTraffic: unexpected,
      getCounts: unexpected,
    };
  }
}
