import { DrainBatch } from './DrainBatch';

describe('DrainBatch', () => {
  it('gives each origin one index, whoever else claims its deployment', () => {
    const batch = new DrainBatch('logs');
    const origins: [string, string, string][] = [
      ['prj_1', 'dpl_1', 'production'],
      ['prj_1', 'dpl_1', 'preview'],
      ['prj_2', 'dpl_1', 'production'],
      ['prj_2', 'dpl_2', 'production'],
    ];
    const indexes = () => origins.map(names => batch.indexOf(...names));
    expect(indexes()).toEqual([0, 1, 2, 3]);
    expect(indexes()).toEqual([0, 1, 2, 3]);
    expect(batch.indexOf('prj_1\n', 'dpl_1', 'production')).toBe(-1);
    expect(batch.origins.map(origin => Object.values(origin))).toEqual(origins);
  });

  it('takes no longer for many origins of one deployment than for as many deployments', () => {
    const count = 40_000;
    const measure = (indexOf: (batch: DrainBatch, n: number) => number) => {
      const batch = new DrainBatch('logs');
      const begin = performance.now();
      for (let n = 0; n < 2 * count; n += 1) indexOf(batch, n % count);
      expect(batch.origins).toHaveLength(count);
      return performance.now() - begin;
    };
    const apart = measure((batch, n) =>
      batch.indexOf('prj_1', `dpl_${n}`, 'a'),
    );
    const together = measure((batch, n) =>
      batch.indexOf('prj_1', 'dpl_1', `a_${n}`),
    );
    // A scan of all that came before takes about a hundred times as long.
    expect(together).toBeLessThan(20 * apart + 200);
  });
});
