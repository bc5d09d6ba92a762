import {
  ago,
  createApproval,
  createRollout,
  createWaitingRollout,
} from '../__testUtils__/rollouts';
import { findAskedFor, isSentBack } from './askedFor';
import { logEntries } from './rolloutLog';

const approved = createApproval({
  state: 'approved',
  decidedBy: 'user:default/ana',
  decidedAt: ago(305),
  comment: 'Looks right',
});
const told = {
  id: 't9',
  at: ago(304),
  from: 'checking',
  to: 'checking',
  percent: 0,
  actor: 'user:default/ana',
  reason: 'Approved by ana. An owner approved it.',
  comment: 'Looks right',
} as const;

describe('the log of a rollout', () => {
  it('tells of a decision once, in its place, whether or not a transition does', () => {
    const { transitions } = createRollout();
    const [first, ...later] = transitions;
    for (const known of [transitions, [first, told, ...later]]) {
      const rollout = createRollout({
        transitions: known,
        approvals: [approved],
      });
      const log = logEntries(rollout);
      expect(log.map(({ title }) => title)).toEqual([
        'Checking',
        'Approved',
        'Checking → Progressing',
        'Progressing',
      ]);
      expect(log[1].percent).toBeUndefined();
      expect(log[1]).toMatchObject({
        actor: 'user:default/ana',
        comment: 'Looks right',
      });
    }
  });

  it('leaves out what nobody has decided', () => {
    const rollout = createWaitingRollout();
    expect(logEntries(rollout)).toHaveLength(rollout.transitions.length);
  });
});

describe('what moves the traffic', () => {
  it('is not an approval that was written down meanwhile', () => {
    const move = {
      ...told,
      from: 'progressing',
      to: 'switching',
      percent: 0,
      actor: 'user:default/ben',
    } as const;
    const noted = { ...told, from: 'switching', to: 'switching', percent: 25 };
    const rollout = createRollout({
      state: 'switching',
      transitions: [move, { ...noted, from: 'switching', to: 'switching' }],
    });
    expect(isSentBack(rollout)).toBe(true);
    expect(findAskedFor(rollout)).toMatchObject({
      what: 'abort',
      actor: 'user:default/ben',
    });
  });
});
