import fc from 'fast-check';
import {
  logBatch,
  logRow,
  traceBatch,
  traceExport,
} from './__testUtils__/rows';
import { countNew, MAX_AHEAD_MS } from './countNew';
import type { DrainBatch } from './DrainBatch';
import { hashId } from './hashId';
import { HashTable, SEEN, SEEN_AS_ERROR } from './HashTable';
import { LatencySketch } from './LatencySketch';
import { SeenHashes } from './SeenHashes';

const now = 1_763_726_400_000;
const HOUR = 3_600_000;

/** Counts groups one after the other, as commits do; gives the rows. */
function countAll(groups: DrainBatch[][]) {
  const seen = new SeenHashes({ keepMs: 4 * HOUR, maxHashes: 1e6 });
  const rows = new Map<
    string,
    { requests: number; errors: number; durations: LatencySketch }
  >();
  groups.forEach((batches, index) => {
    const { increments, hashes } = countNew(batches, {
      nowMs: now,
      oldestMs: now - HOUR,
      isSeen: (high, low) => seen.find(high, low),
      place: (_, origin) => origin,
    });
    seen.addAll(hashes, now + index);
    for (const { requests, errors, durations, ...key } of increments) {
      const name = `${key.projectId} ${key.deploymentId} ${key.environment} ${key.atMs}`;
      const row = rows.get(name) ?? {
        requests: 0,
        errors: 0,
        durations: LatencySketch.empty(),
      };
      rows.set(name, row);
      row.requests += requests;
      row.errors += errors;
      if (durations) row.durations.merge(durations);
    }
  });
  return [...rows]
    .map(([name, { durations, ...row }]) => ({
      name,
      ...row,
      durations: durations.toBytes().toString('hex'),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A request, and how many rows tell of it; some of them without the error. */
const requests = fc.uniqueArray(
  fc.record({
    id: fc.nat(1e6).map(id => `request-${id}`),
    minute: fc.nat(50),
    deploymentId: fc.constantFrom('dpl_1', 'dpl_2'),
    fails: fc.boolean(),
    durationMs: fc.double({ min: 0, max: 5000, noNaN: true }),
    rows: fc.integer({ min: 1, max: 3 }),
  }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 25 },
);

describe('countNew', () => {
  it('gives the same for every split, order and repetition', () => {
    fc.assert(
      fc.property(
        requests,
        fc.array(fc.nat(), { minLength: 80, maxLength: 80 }),
        (given, draws) => {
          const units = given.flatMap(request => {
            const { id, deploymentId } = request;
            const at = now - request.minute * 60_000;
            const statuses = [
              request.fails ? 500 : 200,
              ...Array.from({ length: request.rows - 1 }, () => 200),
            ];
            return [
              ...statuses.map(
                status => () =>
                  logBatch([
                    logRow({ requestId: id, at, deploymentId, status }),
                  ]),
              ),
              () =>
                traceBatch(
                  traceExport({
                    at,
                    deploymentId,
                    durationMs: request.durationMs,
                    traceId: id.padEnd(32, 'x'),
                  }),
                ),
            ];
          });
          const draw = (index: number) => draws[index % draws.length] + index;
          const shuffled = units
            .flatMap((unit, index) =>
              draw(index) % 3 === 0 ? [unit, unit] : [unit],
            )
            .map((unit, index) => ({
              unit,
              order: (draw(index) * 7919) % 1009,
            }))
            .sort((a, b) => a.order - b.order);
          const groups: DrainBatch[][] = [[]];
          shuffled.forEach(({ unit }, index) => {
            if (draw(index) % 4 === 0) groups.push([]);
            groups.at(-1)!.push(unit());
          });
          const counted = countAll(groups);
          expect(counted).toEqual(countAll([units.map(unit => unit())]));
          const sum = (key: 'requests' | 'errors') =>
            counted.reduce((total, row) => total + row[key], 0);
          expect(sum('requests')).toBe(given.length);
          expect(sum('errors')).toBe(given.filter(({ fails }) => fails).length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('rejects what is too old, in the future or of too many projects, and counts the rest', () => {
    const row = (requestId: string, at: number, projectId = 'prj_1') =>
      logRow({ requestId, at, projectId });
    const { increments, receipts } = countNew(
      [
        logBatch([
          row('a', now),
          row('b', now + MAX_AHEAD_MS),
          row('c', now + MAX_AHEAD_MS + 1),
          row('d', now - HOUR),
          row('e', now - HOUR - 1),
          row('f', now, 'prj_2'),
          row('a', now),
        ]),
      ],
      {
        nowMs: now,
        oldestMs: now - HOUR,
        isSeen: () => 0,
        place: (_, origin) =>
          origin.projectId === 'prj_1' ? origin : 'too-many-projects',
      },
    );
    expect(receipts).toEqual([
      {
        counted: 3,
        repeated: 1,
        ignored: 0,
        rejected: { future: 1, 'too-old': 1, 'too-many-projects': 1 },
      },
    ]);
    expect(increments.map(({ atMs }) => atMs)).toEqual([
      now,
      now + MAX_AHEAD_MS,
      now - HOUR,
    ]);
  });
});

describe('hashId', () => {
  it('spreads ids that differ little as if they were random', () => {
    const hash = { high: 0, low: 0 };
    const count = 40_000;
    let odd = 0;
    const whole = new Set<string>();
    const highs = new Set<number>();
    const lows = new Set<number>();
    for (let index = 0; index < count; index += 1) {
      hashId(`iad1::${index % 7}-${index}`, 1, hash);
      odd += hash.low % 2;
      whole.add(`${hash.high} ${hash.low}`);
      highs.add(hash.high);
      lows.add(hash.low);
    }
    expect(odd).toBe(0);
    expect(whole.size).toBe(count);
    // Of n random values among m, about n²/2m meet another.
    const expected = (bits: number) => count ** 2 / 2 ** (bits + 1);
    expect(count - highs.size).toBeLessThan(expected(32) * 2 + 10);
    expect(count - lows.size).toBeLessThan(expected(31) * 2 + 10);
  });

  it('tells apart what differs in one place, and the kinds of drains', () => {
    const of = (id: string, seed = 1) => {
      const hash = { high: 0, low: 0 };
      hashId(id, seed, hash);
      return `${hash.high} ${hash.low}`;
    };
    const ids = ['', 'a', 'b', 'ab', 'ba', 'a\u0000', '\u0000a', 'aa', 'aaa'];
    expect(new Set(ids.map(id => of(id))).size).toBe(ids.length);
    expect(of('a', 1)).not.toBe(of('a', 2));
    expect(of('a', 1)).toBe(of('a', 1));
  });
});

describe('SeenHashes', () => {
  const bytes = (...pairs: [number, number][]) => {
    const buffer = Buffer.alloc(8 * pairs.length);
    pairs.forEach(([high, low], index) => {
      buffer.writeUInt32BE(high, 8 * index);
      buffer.writeUInt32BE(low, 8 * index + 4);
    });
    return buffer;
  };

  it('finds what it holds while it grows, and how it was counted', () => {
    const table = new HashTable({ slots: 8, mostSlots: 1 << 20 });
    const wrong: number[] = [];
    for (let n = 1; n <= 20_000; n += 1) {
      table.add((n % 997) * 31_337, 2 * n + (n % 2));
    }
    for (let n = 1; n <= 20_000; n += 1) {
      const expected = n % 2 ? SEEN_AS_ERROR : SEEN;
      if (table.find((n % 997) * 31_337, 2 * n) !== expected) wrong.push(n);
    }
    expect(wrong).toEqual([]);
    expect(table.find(3 * 31_337, 2 * 4)).toBe(0);
    table.add(4 * 31_337, 2 * 4 + 1);
    expect(table.find(4 * 31_337, 2 * 4)).toBe(SEEN + SEEN_AS_ERROR);
  });

  it('forgets by time, and says until when', () => {
    const seen = new SeenHashes({ keepMs: 1000, maxHashes: 100 });
    seen.addAll(bytes([1, 2]), 0);
    seen.addAll(bytes([2, 2]), 900);
    expect(seen.find(1, 2)).toBe(SEEN);
    expect(seen.forgottenUntil).toBe(0);
    seen.addAll(bytes([3, 2]), 1500);
    expect([seen.find(1, 2), seen.find(2, 2)]).toEqual([0, SEEN]);
    seen.addAll(bytes([4, 2]), 1901);
    expect([seen.find(2, 2), seen.find(3, 2)]).toEqual([0, SEEN]);
    expect(seen.forgottenUntil).toBe(900);
  });

  it('forgets the oldest when there are too many', () => {
    const seen = new SeenHashes({ keepMs: 1000, maxHashes: 3 });
    seen.addAll(bytes([1, 2], [2, 2]), 10);
    seen.addAll(bytes([3, 2], [4, 2]), 500);
    expect([seen.find(1, 2), seen.find(4, 2)]).toEqual([0, SEEN]);
    expect(seen.forgottenUntil).toBe(10);
  });
});
