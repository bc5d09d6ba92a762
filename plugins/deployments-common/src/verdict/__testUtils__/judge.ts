import {
  createVerdictState,
  decideVerdict,
  foldVerdict,
  type VerdictCounts,
  type VerdictSettings,
  type VerdictState,
  type VerdictTick,
} from '../index';

export const counts = (
  requests: number,
  errors: number,
  durations = 0,
  slow = 0,
): VerdictCounts => ({ requests, errors, durations, slow });

export const nothing = counts(0, 0);

export const fold = (state: VerdictState, ticks: VerdictTick[]) =>
  ticks.reduce(foldVerdict, state);

export const repeat = (times: number, tick: VerdictTick) =>
  new Array<VerdictTick>(times).fill(tick);

export const judge = (
  ticks: VerdictTick[],
  options: {
    settings?: Partial<VerdictSettings>;
    baseline?: VerdictCounts;
    elapsedSeconds?: number;
  } = {},
) =>
  decideVerdict(fold(createVerdictState(options.settings, options), ticks), {
    elapsedSeconds: options.elapsedSeconds ?? 600,
    minimumSeconds: 300,
  });

/** A good version's tick: 1 % errors on both sides, 5 % slow. */
export const healthy: VerdictTick = {
  canary: counts(100, 1, 100, 5),
  stable: counts(900, 9, 900, 45),
};
