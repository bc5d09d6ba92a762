import { ConfigReader } from '@backstage/config';
import { readDeploymentsConfig } from './config';

describe('readDeploymentsConfig', () => {
  it('has a default for everything', () => {
    expect(readDeploymentsConfig(new ConfigReader({}))).toMatchObject({
      reconcileSeconds: 30,
      deliveryRefreshSeconds: 300,
      rollouts: {
        tickSeconds: 5,
        moveMinutes: 10,
        heldNoticeMinutes: 30,
        pointsDays: 30,
      },
    });
  });

  it.each([
    [{ reconcileSeconds: 4 }, "'deployments.reconcileSeconds' is 4"],
    [{ reconcileSeconds: 3601 }, 'from 5 to 3600, or leave it out for 30'],
    [{ rollouts: { tickSeconds: 0 } }, "'deployments.rollouts.tickSeconds'"],
    [{ rollouts: { moveMinutes: 121 } }, 'from 1 to 120'],
    [{ rollouts: { heldNoticeMinutes: 0 } }, 'leave it out for 30'],
    [{ rollouts: { pointsDays: 0 } }, 'from 1 to 3650'],
    [{ delivery: { refreshSeconds: 14 } }, 'from 15 to 86400'],
  ])('refuses %j, naming the key and the remedy', (deployments, message) => {
    expect(() =>
      readDeploymentsConfig(new ConfigReader({ deployments })),
    ).toThrow(message);
  });
});
