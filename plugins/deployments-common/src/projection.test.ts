import fc from 'fast-check';
import {
  backOffSeconds,
  estimateLiveSince,
  isFinishedState,
  supersedes,
  type StateObservation,
} from './projection';
import type { DeploymentState } from './types';

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 9, 0, second));

const livingStates: DeploymentState[] = [
  'queued',
  'building',
  'ready',
  'failed',
  'canceled',
];

/** Observations asked at different times, so that their order is defined. */
const observations = (states: DeploymentState[]) =>
  fc
    .array(fc.constantFrom(...states), { minLength: 1, maxLength: 8 })
    .map(list => list.map((state, i) => ({ state, askedAt: at(i) })));

const fold = (list: StateObservation[]) =>
  list.reduce((held, told) => (supersedes(told, held) ? told : held));

describe('supersedes', () => {
  it('ends in the same state whatever the order of the answers', () => {
    fc.assert(
      fc.property(
        observations(livingStates).chain(list =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length }),
          ),
        ),
        ([inOrder, shuffled]) => {
          expect(fold(shuffled)).toEqual(fold(inOrder));
        },
      ),
    );
  });

  it('is not changed by hearing everything twice', () => {
    fc.assert(
      fc.property(observations(livingStates), list => {
        expect(fold([...list, ...list]).state).toBe(fold(list).state);
      }),
    );
  });

  it('never returns from a finished state to an unfinished one', () => {
    fc.assert(
      fc.property(observations(livingStates), list => {
        const seenFinished = list.some(({ state }) => isFinishedState(state));
        expect(isFinishedState(fold(list).state)).toBe(seenFinished);
      }),
    );
  });

  it('lets only a later question bring a deleted deployment back', () => {
    const deleted = { state: 'deleted' as const, askedAt: at(10) };
    expect(supersedes({ state: 'ready', askedAt: at(9) }, deleted)).toBe(false);
    expect(supersedes({ state: 'ready', askedAt: at(11) }, deleted)).toBe(true);
  });

  it('does not delete because of a question older than what is held', () => {
    const ready = { state: 'ready' as const, askedAt: at(10) };
    expect(supersedes({ state: 'deleted', askedAt: at(9) }, ready)).toBe(false);
    expect(supersedes({ state: 'deleted', askedAt: at(11) }, ready)).toBe(true);
  });
});

describe('estimateLiveSince', () => {
  it('takes the moment of readiness at the first look', () => {
    expect(
      estimateLiveSince({
        askedAt: at(50),
        readyAt: at(20),
        createdAt: at(1),
      }),
    ).toEqual(at(20));
  });

  it('takes the moment of readiness for what became ready since the last look', () => {
    expect(
      estimateLiveSince({
        askedAt: at(50),
        lastAskedAt: at(20),
        readyAt: at(30),
        createdAt: at(1),
      }),
    ).toEqual(at(30));
  });

  it('takes the moment of the question for an older deployment, which was promoted', () => {
    expect(
      estimateLiveSince({
        askedAt: at(50),
        lastAskedAt: at(40),
        readyAt: at(30),
        createdAt: at(1),
      }),
    ).toEqual(at(50));
  });

  it('is never in the future of the question', () => {
    expect(
      estimateLiveSince({ askedAt: at(5), readyAt: at(9), createdAt: at(1) }),
    ).toEqual(at(5));
  });
});

describe('backOffSeconds', () => {
  it('starts at the interval, doubles, and stops at fifteen minutes', () => {
    const delays = [0, 1, 2, 3, 100].map(failures =>
      backOffSeconds({ intervalSeconds: 30, failures }),
    );
    expect(delays).toEqual([30, 30, 60, 120, 900]);
  });

  it('is never shorter than the interval', () => {
    expect(backOffSeconds({ intervalSeconds: 3600, failures: 5 })).toBe(3600);
  });
});
