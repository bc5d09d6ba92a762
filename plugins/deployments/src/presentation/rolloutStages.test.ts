import {
  ago,
  createAbortedRollout,
  createRollout,
  createWaitingRollout,
} from '../__testUtils__/rollouts';
import { rolloutSteps } from './rolloutStages';

function states(...given: Parameters<typeof rolloutSteps>) {
  return rolloutSteps(...given).map(({ label, state }) => `${label} ${state}`);
}

describe('rolloutSteps', () => {
  it('leads from the checks through the stages to all traffic', () => {
    expect(states(createRollout())).toEqual([
      'Checks done',
      '10 % done',
      '25 % current',
      '50 % ahead',
      '100 % ahead',
    ]);
  });

  it('begins with the checks, and has not begun in the queue', () => {
    expect(states(createWaitingRollout())[0]).toBe('Checks current');
    expect(states(createWaitingRollout({ state: 'queued' }))).not.toContain(
      'Checks current',
    );
  });

  it('shows in which stage an aborted rollout ended', () => {
    expect(states(createAbortedRollout())).toEqual([
      'Checks done',
      '10 % ended-here',
      '25 % ahead',
      '50 % ahead',
      '100 % ahead',
    ]);
  });

  it('shows a rollout that failed its checks as ended there', () => {
    const rollout = createWaitingRollout({
      state: 'aborted',
      endedAt: ago(1),
    });
    expect(states(rollout)[0]).toBe('Checks ended-here');
  });

  it('stays at its stage while traffic is sent back', () => {
    const rollout = createAbortedRollout({ state: 'switching' });
    expect(states(rollout)[1]).toBe('10 % current');
  });

  it.each([
    ['switching', 'current'],
    ['watching', 'current'],
    ['rolled-back', 'ended-here'],
    ['promoted', 'done'],
  ] as const)('puts one that is %s at all traffic', (state, expected) => {
    const rollout = createRollout({
      state,
      percent: 100,
      stageIndex: undefined,
    });
    expect(states(rollout).at(-1)).toBe(`100 % ${expected}`);
  });

  it('has no stages between for a blue-green one', () => {
    const { plan } = createRollout();
    const rollout = createRollout({
      plan: { ...plan, strategy: 'blue-green' },
      state: 'paused',
      percent: 100,
      stageIndex: undefined,
    });
    expect(states(rollout)).toEqual(['Checks done', '100 % current']);
  });
});
