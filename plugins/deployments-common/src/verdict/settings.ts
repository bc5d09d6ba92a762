import { inputError } from './inputError';
import type { VerdictSettings } from './types';

/** Gives the settings that hold where a fork's file says nothing. @public */
export const defaultVerdictSettings: VerdictSettings = {
  falseAbortRate: 0.01,
  falsePromoteRate: 0.05,
  errorTolerance: 0.005,
  latencyTolerance: 0.05,
  minimumRequests: 50,
  catastropheRatio: 0.5,
  catastropheRequests: 20,
  designEffect: 1,
};

type Range = readonly [low: number, high: number, says: string];

const openShare: Range = [1e-9, 0.5, 'above 0 and at most 0.5'];
const tolerance: Range = [0, 0.5, 'from 0 to 0.5'];
const count: Range = [1, 1e9, 'a whole number from 1'];

const ranges: Record<keyof VerdictSettings, Range> = {
  falseAbortRate: openShare,
  falsePromoteRate: openShare,
  errorTolerance: tolerance,
  latencyTolerance: tolerance,
  minimumRequests: count,
  catastropheRatio: [0.05, 1, 'from 0.05 to 1'],
  catastropheRequests: count,
  designEffect: [1, 1000, 'from 1 to 1000'],
};

/** Fills in the defaults, and rejects what cannot be judged by. */
export function completeSettings(
  settings: Partial<VerdictSettings>,
): VerdictSettings {
  const complete = { ...defaultVerdictSettings };
  for (const name of Object.keys(ranges) as (keyof VerdictSettings)[]) {
    const value = settings[name] ?? complete[name];
    const [low, high, says] = ranges[name];
    const whole = ranges[name] !== count || Number.isInteger(value);
    if (typeof value !== 'number' || !(value >= low && value <= high) || !whole)
      throw inputError(
        `The verdict setting '${name}' is ${value}, and must be ${says}.`,
      );
    complete[name] = value;
  }
  return complete;
}
