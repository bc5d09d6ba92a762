import { ConfigReader } from '@backstage/config';
import { readDeploymentsConfig } from './config';

describe('readDeploymentsConfig', () => {
  it('looks every 30 seconds when not told otherwise', () => {
    expect(readDeploymentsConfig(new ConfigReader({}))).toEqual({
      reconcileSeconds: 30,
    });
  });

  it.each([0, 4, 3601, -1])('refuses %s seconds, naming the key', seconds => {
    expect(() =>
      readDeploymentsConfig(
        new ConfigReader({ deployments: { reconcileSeconds: seconds } }),
      ),
    ).toThrow(/'deployments.reconcileSeconds' is/);
  });
});
