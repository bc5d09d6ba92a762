import type { Rollout } from '@forkyard/plugin-deployments-common';
import { formatTime } from './formatTime';
import type { FreezeCalendar } from './FreezeCalendar';
import type { RolloutGateCheck } from './RolloutGateCheck';

/** Waits while a freeze window holds. */
export class FreezeGate implements RolloutGateCheck {
  readonly name = 'freeze';
  readonly recheckSeconds = 0;
  readonly isLasting = false;

  constructor(private readonly calendar: FreezeCalendar) {}

  async evaluate(rollout: Rollout) {
    const freeze = await this.calendar.findFreeze(rollout);
    if (!freeze) {
      return { state: 'passed', reason: 'No freeze now.' } as const;
    }
    const until = formatTime(freeze.until);
    return {
      state: 'waiting',
      reason: `Frozen by '${freeze.name}' until ${until}. Who may override gates can let it through before.`,
      // Names of windows are for the organization.
      publicReason: `Frozen until ${until}.`,
    } as const;
  }
}
