import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { SignalsService } from '@backstage/plugin-signals-node';
import { costSignalChannel } from '@forkyard/plugin-cost-common';
import type { ChargesStore } from '../database/ChargesStore';

/**
 * Tells open pages that charges changed. A signal that is lost is found by the
 * page's own polling, so a failure is logged and goes no further.
 */
export class CostAnnouncer {
  constructor(
    private readonly options: {
      charges: ChargesStore;
      signals: SignalsService;
      logger: LoggerService;
    },
  ) {}

  async announce(changedDays: string[]): Promise<void> {
    const { charges, signals, logger } = this.options;
    if (changedDays.length === 0) return;
    try {
      for (const entityRef of await charges.listChargedEntities(changedDays)) {
        await signals.publish({
          recipients: { type: 'broadcast' },
          channel: costSignalChannel(entityRef),
          message: {},
        });
      }
    } catch (error) {
      assertError(error);
      logger.warn('Could not tell pages that charges changed', error);
    }
  }
}
