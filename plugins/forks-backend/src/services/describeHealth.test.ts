import type { ForkVitals, Status } from '@forkyard/plugin-forks-common';
import { describeHealth } from './describeHealth';

const live = { status: 'healthy', statusReason: 'Live 3f2c1a9' } as const;
const page = { firing: 1, highestSeverity: 'page' } as const;

describe('describeHealth', () => {
  it.each<[string, ForkVitals, Status, string]>([
    ['nothing is known', {}, 'healthy', 'Live 3f2c1a9'],
    [
      'all is well',
      { slo: { status: 'ok' }, alerts: { firing: 0 } },
      'healthy',
      'Live 3f2c1a9',
    ],
    [
      'an alert wakes people',
      { slo: { status: 'burning' }, alerts: page },
      'failing',
      'An alert is firing. Live 3f2c1a9',
    ],
    [
      'alerts only ask for a look',
      { alerts: { firing: 2, highestSeverity: 'ticket' } },
      'degraded',
      '2 alerts are firing. Live 3f2c1a9',
    ],
    [
      'the budget burns',
      { slo: { status: 'burning' } },
      'degraded',
      'Its error budget is burning. Live 3f2c1a9',
    ],
    [
      'the budget is spent',
      { slo: { status: 'exhausted' } },
      'degraded',
      'Its error budget is spent. Live 3f2c1a9',
    ],
    ['a budget is unknown', { slo: { status: 'unknown' } }, 'healthy', 'Live'],
  ])('when %s', (_, vitals, status, reason) => {
    const health = describeHealth(live, vitals);
    expect(health.status).toBe(status);
    expect(health.statusReason).toContain(reason);
  });

  it('never makes better what deployments say', () => {
    const failing = { status: 'failing', statusReason: 'Nothing is live' };
    expect(
      describeHealth(
        { ...failing, status: 'failing' },
        {
          slo: { status: 'exhausted' },
          alerts: { firing: 1, highestSeverity: 'ticket' },
        },
      ),
    ).toEqual(failing);
  });
});
