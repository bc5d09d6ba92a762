import fc from 'fast-check';
import {
  classifyChanges,
  type ClassifiedChange,
  type TakenBackRollout,
  type TrafficSpan,
} from './classifyChanges';

const START = Date.parse('2026-11-01T00:00:00Z');
const at = (minutes: number) => new Date(START + minutes * 60_000);

/** `A@0 B@10` is a history: A had the traffic from minute 0, B from minute 10. */
function spansOf(text: string): TrafficSpan[] {
  return text.split(' ').map((part, index) => {
    const [name, minute] = part.split('@');
    return {
      id: String(index + 1),
      deploymentId: `vercel:${name}`,
      // A' is another deployment of the commit of A.
      version: name.replace("'", ''),
      from: at(Number(minute)),
    };
  });
}

function rollout(
  name: string,
  from: number,
  back: number,
  kind: TakenBackRollout['kind'] = 'aborted',
): TakenBackRollout {
  return {
    id: `of-${name}`,
    deploymentId: `vercel:${name}`,
    kind,
    trafficFrom: at(from),
    trafficBackAt: at(back),
    stableDeploymentId: 'vercel:A',
  };
}

/** Says each change in short: what, whether new, how it failed, what it repairs. */
function told(changes: ClassifiedChange[]): string[] {
  return changes.map(change => {
    const { failure } = change;
    return [
      change.id,
      change.deploymentId.replace('vercel:', ''),
      change.traffic === 'part' ? 'part' : '',
      change.firstOfVersion ? 'new' : '',
      failure
        ? `${failure.kind} after ${failure.recoverySeconds / 60} min`
        : '',
      change.repairs ? `repairs ${change.repairs}` : '',
    ]
      .filter(Boolean)
      .join(', ');
  });
}

const classify = (text: string, rollouts: TakenBackRollout[] = []) =>
  told(classifyChanges({ spans: spansOf(text), rollouts }));

describe('classifyChanges', () => {
  it('takes versions that follow each other for deployments, and the second of a commit for a repeated one', () => {
    expect(classify("A@0 B@10 B'@20 C@30")).toEqual([
      'live:1, A, new',
      'live:2, B, new',
      "live:3, B'",
      'live:4, C, new',
    ]);
  });

  it('takes the return of an older version for the end of a failure, and the next one for its repair', () => {
    expect(classify('A@0 B@10 A@15 C@60 D@90')).toEqual([
      'live:1, A, new',
      'live:2, B, new, rolled-back after 5 min',
      'live:4, C, new, repairs live:2',
      'live:5, D, new',
    ]);
    const [, failed] = classifyChanges({
      spans: spansOf('A@0 B@10 A@15'),
      rollouts: [],
    });
    expect(failed.failure).toMatchObject({
      recoveredAt: at(15),
      recoveredBy: 'vercel:A',
    });
  });

  it('recognizes a rollback by a new build of an older commit', () => {
    expect(classify("A@0 B@10 A'@15")).toEqual([
      'live:1, A, new',
      'live:2, B, new, rolled-back after 5 min',
    ]);
  });

  it('blames only the version that was left when several are skipped', () => {
    expect(classify('A@0 B@10 C@20 A@26')).toEqual([
      'live:1, A, new',
      'live:2, B, new',
      'live:3, C, new, rolled-back after 6 min',
    ]);
  });

  it('blames each version that was left when rolled back step by step, each for its own time', () => {
    expect(classify('A@0 B@10 C@20 B@25 A@28')).toEqual([
      'live:1, A, new',
      'live:2, B, new, rolled-back after 3 min',
      'live:3, C, new, rolled-back after 5 min',
    ]);
  });

  it('takes a version that is tried again for a deployment that is not new', () => {
    expect(classify('A@0 B@10 A@15 B@30 A@32')).toEqual([
      'live:1, A, new',
      'live:2, B, new, rolled-back after 5 min',
      'live:4, B, rolled-back after 2 min, repairs live:2',
    ]);
    // Older than C, but never what served before it.
    expect(classify('A@0 B@10 A@15 C@30 B@40')).toEqual([
      'live:1, A, new',
      'live:2, B, new, rolled-back after 5 min',
      'live:4, C, new, repairs live:2',
      'live:5, B',
    ]);
  });

  it('adds a canary that was aborted, and measures the lead time of its version only when it has all traffic', () => {
    expect(
      classify('A@0 B@60 C@90', [
        rollout('B', 30, 34),
        rollout('D', 100, 101.5),
      ]),
    ).toEqual([
      'live:1, A, new',
      'rollout:of-B, B, part, aborted after 4 min',
      'live:2, B, new, repairs rollout:of-B',
      'live:3, C, new',
      'rollout:of-D, D, part, aborted after 1.5 min',
    ]);
  });

  it('counts a rollout once that the history of the traffic tells of too', () => {
    expect(
      classify('A@0 B@10.5 A@12', [rollout('B', 10, 11.5, 'rolled-back')]),
    ).toEqual(['live:1, A, new', 'live:2, B, new, rolled-back after 1.5 min']);
    // It was over before anybody looked.
    expect(classify('A@0', [rollout('B', 10, 10.2, 'rolled-back')])).toEqual([
      'live:1, A, new',
      'rollout:of-B, B, rolled-back after 0.2 min',
    ]);
  });

  it('gives nothing of nothing', () => {
    expect(classifyChanges({ spans: [], rollouts: [] })).toEqual([]);
  });

  const histories = fc
    .array(fc.constantFrom(...'ABCDEF'), { maxLength: 30 })
    .map(names => names.filter((name, index) => name !== names[index - 1]))
    .map(names =>
      names.length
        ? spansOf(names.map((name, i) => `${name}@${i * 7}`).join(' '))
        : [],
    );

  it('makes each span either a deployment or the recovery of exactly one failure', () => {
    fc.assert(
      fc.property(histories, spans => {
        const changes = classifyChanges({ spans, rollouts: [] });
        const recoveries = changes.flatMap(({ failure }) => failure ?? []);
        expect(changes.length + recoveries.length).toBe(spans.length);
        const ids = new Set(changes.map(({ id }) => id));
        expect(ids.size).toBe(changes.length);
        // Each version is new once.
        expect(
          changes.filter(({ firstOfVersion }) => firstOfVersion).length,
        ).toBe(new Set(spans.map(({ version }) => version)).size);
        const failed = new Set(
          changes.filter(({ failure }) => failure).map(({ id }) => id),
        );
        const repaired = changes.flatMap(({ repairs }) => repairs ?? []);
        expect(repaired.every(id => failed.has(id))).toBe(true);
        expect(new Set(repaired).size).toBe(repaired.length);
      }),
    );
  });

  it('does not change what is past when more happens, but that it failed', () => {
    fc.assert(
      fc.property(histories, fc.nat(30), (spans, count) => {
        const early = classifyChanges({
          spans: spans.slice(0, count),
          rollouts: [],
        });
        const late = classifyChanges({ spans, rollouts: [] });
        early.forEach((change, index) => {
          const { failure = late[index].failure, ...rest } = change;
          expect(late[index]).toEqual({ ...rest, ...(failure && { failure }) });
        });
      }),
    );
  });

  it('gives the same whatever the order of its input', () => {
    fc.assert(
      fc.property(
        histories.chain(spans =>
          fc.tuple(
            fc.constant(spans),
            fc.shuffledSubarray(spans, { minLength: spans.length }),
          ),
        ),
        ([spans, shuffled]) => {
          expect(classifyChanges({ spans: shuffled, rollouts: [] })).toEqual(
            classifyChanges({ spans, rollouts: [] }),
          );
        },
      ),
    );
  });
});
