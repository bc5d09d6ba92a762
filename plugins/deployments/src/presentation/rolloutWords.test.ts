import type {
  RolloutSummary,
  VerdictMetric,
} from '@forkyard/plugin-deployments-common';
import {
  ago,
  canaryPlan,
  createApproval,
  createRollout,
  createWaitingRollout,
  directPlan,
  goodVerdict,
  harmVerdict,
} from '../__testUtils__/rollouts';
import {
  afterApproval,
  describeRolloutTo,
  refusalOfDecision,
} from './approvalWords';
import { refusalOf } from './rolloutActions';
import {
  describePlan,
  describeRollout,
  pendingApproval,
  rolloutName,
  summarizeRollout,
} from './rolloutWords';
import { trafficWords } from './trafficWords';
import {
  describeGood,
  describeHarm,
  describeMetric,
  requestsNeeded,
} from './verdictWords';

describe('words of a rollout', () => {
  it('says that it waits for approval while a gate does', () => {
    expect(describeRollout(createWaitingRollout())).toEqual({
      status: 'waiting',
      label: 'Waiting for approval',
    });
    expect(
      describeRollout(createWaitingRollout({ state: 'aborted' })).label,
    ).toBe('Aborted');
  });

  it('waits for approval only once nothing else is waited for first', () => {
    const { gates, approvals } = createWaitingRollout();
    const [ci, ...rest] = gates;
    const untested = createWaitingRollout({
      gates: [{ ...ci, state: 'waiting' }, ...rest],
    });
    expect(describeRollout(untested).label).toBe('Checking');
    const rollout = createWaitingRollout();
    const [{ requestedBy }] = approvals;
    const others = { status: 'waiting', label: 'Waiting for somebody else' };
    const asker = { reader: requestedBy };
    const ana = { reader: 'user:default/ana' };
    expect(describeRolloutTo(asker, rollout)).toEqual(others);
    expect(describeRolloutTo(ana, rollout).label).toBe('Waiting for approval');
    const author = { ...ana, refusal: 'author' } as const;
    expect(describeRolloutTo(author, rollout)).toEqual(others);
    expect(describeRolloutTo(asker, untested).label).toBe('Checking');
  });

  it.each([
    ['progressing', 25, 'Canary 25 %'],
    ['paused', 25, 'Canary 25 %, paused'],
    ['checking', 0, 'Canary, checking'],
    ['watching', 100, 'Canary, watching'],
  ] as const)('sums up one that is %s at %d %%', (state, percent, words) => {
    const summary: RolloutSummary = {
      id: '1',
      deploymentId: 'vercel:dpl_new',
      strategy: 'canary',
      state,
      percent,
    };
    expect(summarizeRollout(summary).words).toBe(words);
  });

  it('sums up what is waited for, which asks somebody when it is an approval', () => {
    const summary: RolloutSummary = {
      id: '1',
      deploymentId: 'vercel:dpl_new',
      strategy: 'canary',
      state: 'progressing',
      percent: 50,
      waitingFor: 'approval',
    };
    expect(summarizeRollout(summary)).toEqual({
      status: 'waiting',
      words: 'Canary 50 %, waiting for approval',
    });
    expect(
      summarizeRollout({ ...summary, state: 'checking', waitingFor: 'freeze' }),
    ).toEqual({
      status: 'in-progress',
      words: 'Canary, waiting for the end of a freeze',
    });
    expect(summarizeRollout({ ...summary, state: 'paused' }).words).toBe(
      'Canary 50 %, paused',
    );
  });

  it('names the version by its commit, else by its deployment', () => {
    expect(rolloutName(createRollout())).toBe('9ab02e1');
    expect(rolloutName(createRollout({ commit: undefined }))).toBe('dpl_new');
  });

  it('tells plans in a sentence, and what a promotion does under them', () => {
    expect(describePlan(canaryPlan)).toBe(
      '10\u00a0%, 25\u00a0%, 50\u00a0%, then all; watched for 10 min; a second person approves first',
    );
    expect(describePlan(directPlan)).toBe('all traffic at once');
    const words = { environment: 'production', name: '9ab02e1' };
    expect(trafficWords({ ...words, plan: canaryPlan })).toMatch(
      /^A rollout of 9ab02e1 begins \(canary: 10\u00a0%/,
    );
    expect(trafficWords({ ...words, plan: directPlan })).toMatch(
      /^All traffic of production/,
    );
    expect(trafficWords(words)).toMatch(/at once, or by a rollout/);
    const preview = { ...words, builtFor: 'preview' };
    expect(trafficWords({ ...preview, plan: canaryPlan })).toMatch(
      /^9ab02e1 was built for preview, so its commit is built again with production's settings. When that is ready, a rollout/,
    );
  });
});

describe('refusalOf', () => {
  const offered = (rollout = createRollout()) =>
    (['pause', 'resume', 'promote', 'abort'] as const).filter(
      action => !refusalOf(action, rollout, true),
    );

  it('offers what the controller would do in each state', () => {
    expect(offered()).toEqual(['pause', 'promote', 'abort']);
    expect(offered(createRollout({ state: 'paused' }))).toEqual([
      'resume',
      'promote',
      'abort',
    ]);
    expect(offered(createRollout({ state: 'queued' }))).toEqual(['abort']);
    expect(offered(createRollout({ state: 'switching' }))).toEqual(['abort']);
    expect(offered(createWaitingRollout())).toEqual(['pause', 'abort']);
    expect(offered(createRollout({ state: 'watching', percent: 100 }))).toEqual(
      ['pause', 'promote', 'abort'],
    );
    expect(offered(createRollout({ state: 'promoted' }))).toEqual([]);
  });

  it('does not offer to pause while the traffic of a stage moves', () => {
    const moving = createRollout({ stageStartedAt: undefined });
    expect(refusalOf('pause', moving, true)).toMatch(/moving/);
  });

  it('gives the gate as the reason against a promotion', () => {
    const { gates } = createWaitingRollout();
    expect(refusalOf('promote', createRollout({ gates }), true)).toBe(
      'Nobody but ben has looked at it yet.',
    );
  });

  it('refuses everything to who may not steer', () => {
    expect(refusalOf('abort', createRollout(), false)).toMatch(/may not/);
  });
});

describe('approvals', () => {
  it('may be given by anybody but who asked, who may reject', () => {
    const approval = createApproval();
    const asAuthor = { reader: 'user:default/Ben', mayApprove: true };
    expect(refusalOfDecision('approved', approval, asAuthor)).toMatch(
      /somebody else/,
    );
    expect(refusalOfDecision('rejected', approval, asAuthor)).toBeUndefined();
    const asOther = { reader: 'user:default/ana', mayApprove: true };
    expect(refusalOfDecision('approved', approval, asOther)).toBeUndefined();
    expect(
      refusalOfDecision('rejected', approval, {
        ...asOther,
        mayApprove: false,
      }),
    ).toMatch(/owners/);
  });

  it('are asked for only until they expire, and only of a rollout that goes on', () => {
    const now = new Date();
    const rollout = createWaitingRollout();
    expect(pendingApproval(rollout, now)?.id).toBe('approval-1');
    const late = createApproval({ expiresAt: ago(1) });
    expect(
      pendingApproval({ ...rollout, approvals: [late] }, now),
    ).toBeUndefined();
    expect(
      pendingApproval({ ...rollout, state: 'aborted' }, now),
    ).toBeUndefined();
  });

  it('say what follows', () => {
    const rollout = createRollout();
    expect(afterApproval(rollout, createApproval())).toMatch(/10 %/);
    expect(afterApproval(rollout, createApproval({ stageIndex: 1 }))).toMatch(
      /50 %/,
    );
    expect(afterApproval(rollout, createApproval({ stageIndex: 2 }))).toMatch(
      /all of production/,
    );
  });
});

describe('words of a verdict', () => {
  it('shows the worst evidence of harm and the least of good', () => {
    expect(describeHarm(goodVerdict)).toMatchObject({
      value: '12 %',
      label: 'No sign of harm',
    });
    expect(describeGood(goodVerdict, false)).toMatchObject({
      value: '62 %',
      label: 'Gathering',
    });
    expect(requestsNeeded(goodVerdict)).toBe(800);
    expect(describeHarm(harmVerdict)).toMatchObject({
      status: 'failing',
      value: '100 %',
    });
    expect(describeGood(harmVerdict, true).label).toBe('Not enough');
    expect(requestsNeeded(harmVerdict)).toBeUndefined();
  });

  it('never shows full before it is, and nothing measured as unknown', () => {
    const [metric] = goodVerdict.metrics;
    const nearly = {
      ...goodVerdict,
      metrics: [{ ...metric, harmProgress: 0.999 }],
    };
    expect(describeHarm(nearly)).toMatchObject({
      value: '99 %',
      status: 'degraded',
    });
    const nothing = { ...goodVerdict, metrics: [] };
    expect(describeHarm(nothing).ratio).toBeUndefined();
    expect(describeGood(nothing, false).status).toBe('unknown');
    expect(
      describeGood(
        { ...nothing, metrics: [{ ...metric, goodProgress: 1 }] },
        false,
      ).label,
    ).toBe('Enough');
  });

  it('tells shares and the bounds of their difference', () => {
    expect(describeMetric(goodVerdict.metrics[0])).toBe(
      'Failed requests: canary 0.42 %, stable 0.41 %; the difference is between −0.4 and +0.62 percentage points.',
    );
    const latency: VerdictMetric = {
      metric: 'latency',
      harmProgress: 0,
      goodProgress: 0,
    };
    expect(describeMetric(latency)).toMatch(/unknown/);
    expect(describeMetric({ ...latency, canaryRatio: 0.05 })).toBe(
      'Slow requests: canary 5 %, stable unknown.',
    );
  });
});
