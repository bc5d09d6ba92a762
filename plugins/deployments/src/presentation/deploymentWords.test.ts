import { createDeployment, failed, live } from '../__testUtils__/deployments';
import {
  buildDurationMs,
  deploymentName,
  describeState,
  environmentTitle,
  safeUrl,
} from './deploymentWords';

describe('deploymentWords', () => {
  it('names a deployment by its commit, else by its id', () => {
    expect(deploymentName(live)).toBe('3f2c1a9');
    expect(
      deploymentName(
        createDeployment({ externalId: 'dpl_1', commit: undefined }),
      ),
    ).toBe('dpl_1');
  });

  it("gives the provider's words as the reason of a failure", () => {
    expect(describeState(failed)).toEqual({
      status: 'failing',
      label: 'Failed',
      reason: 'Command "npm run build" exited with 1',
    });
  });

  it.each(['canceled', 'deleted'] as const)(
    'says why a deployment that is %s is unknown',
    state => {
      const described = describeState({ ...live, state });
      expect(described.status).toBe('unknown');
      expect(described.reason).toBeTruthy();
    },
  );

  it('knows no build time that did not end or is negative', () => {
    expect(buildDurationMs(live)).toBe(31_000);
    expect(buildDurationMs(failed)).toBeUndefined();
    expect(
      buildDurationMs({ ...live, readyAt: '2026-11-20T09:00:00.000Z' }),
    ).toBeUndefined();
  });

  it('passes on only addresses that a browser may open', () => {
    expect(safeUrl('http://a.localhost:4393/x')).toBe(
      'http://a.localhost:4393/x',
    );
    expect(safeUrl('data:text/html,x')).toBeUndefined();
    expect(safeUrl('not an address')).toBeUndefined();
    expect(safeUrl(undefined)).toBeUndefined();
  });

  it('writes environments as titles', () => {
    expect(environmentTitle('production')).toBe('Production');
  });
});
