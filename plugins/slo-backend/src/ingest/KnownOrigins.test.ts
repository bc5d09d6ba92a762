import type { Origin } from './DrainBatch';
import { KnownOrigins } from './KnownOrigins';

const now = 1_763_726_400_000;
const HOUR = 3_600_000;
const origin = (deploymentId: string, environment = 'production') => ({
  projectId: 'prj_1',
  deploymentId,
  environment,
});

describe('KnownOrigins', () => {
  it('counts durations of no project that only traces name', () => {
    const known = new KnownOrigins();
    expect(known.place(origin('dpl_1'), now)).toBe('unknown-project');
    expect(known.hasProject('prj_1')).toBe(false);
    known.addProject('prj_1');
    expect(known.place(origin('dpl_1'), now)).toEqual(origin('dpl_1'));
  });

  it('counts them in the environment that logs say', () => {
    const known = new KnownOrigins();
    known.learn(origin('dpl_1', 'preview'));
    known.learn(origin('dpl_1', 'staging'));
    const place = (environment: string) =>
      known.place(origin('dpl_1', environment), now);
    expect(place('staging')).toEqual(origin('dpl_1', 'staging'));
    expect(place('unknown')).toEqual(origin('dpl_1', 'preview'));
    expect(place('made up')).toEqual(origin('dpl_1', 'preview'));
  });

  it('lets few deployments be ahead of their logs, each in one environment', () => {
    const known = new KnownOrigins();
    known.addProject('prj_1');
    const place = (n: number, at = now, environment = 'production') =>
      known.place(origin(`dpl_${n}`, environment), at);
    for (let n = 0; n < 20; n += 1)
      expect(place(n)).toEqual(origin(`dpl_${n}`));
    expect(place(20)).toBe('unknown-deployment');
    expect(place(3, now, 'made up')).toEqual(origin('dpl_3'));
    known.learn(origin('dpl_3'));
    expect(place(21)).toEqual(origin('dpl_21'));
    expect(place(22)).toBe('unknown-deployment');
    known.learn(origin('dpl_22'));
    expect(place(22)).toEqual(origin('dpl_22'));
    expect(place(23, now + HOUR - 1)).toBe('unknown-deployment');
    expect(place(23, now + HOUR)).toEqual(origin('dpl_23'));
  });

  it('asks for what others counted once a minute, and only for what is missing', () => {
    const known = new KnownOrigins();
    const named = [origin('dpl_1'), origin('dpl_2')];
    const claim = (origins: Origin[], at: number) =>
      known.claimReads(origins, at, 10);
    expect(claim(named, now)).toEqual([]);
    known.learn(origin('dpl_1'));
    expect(claim([origin('dpl_1')], now)).toEqual([]);
    expect(claim(named, now)).toEqual(['prj_1']);
    expect(claim(named, now + 59_999)).toEqual([]);
    expect(claim(named, now + 60_000)).toEqual(['prj_1']);
  });

  it('asks for no more projects at once than it may, and for the others the next time', () => {
    const known = new KnownOrigins();
    const named = ['prj_1', 'prj_2', 'prj_3'].map(projectId => ({
      ...origin('dpl_1'),
      projectId,
    }));
    for (const { projectId } of named) known.addProject(projectId);
    expect(known.claimReads(named, now, 2)).toEqual(['prj_1', 'prj_2']);
    expect(known.claimReads(named, now, 2)).toEqual(['prj_3']);
  });

  it('forgets the oldest of very many deployments', () => {
    const known = new KnownOrigins();
    for (let n = 0; n <= 1_000; n += 1) {
      known.learn(origin(`dpl_${n}`, 'preview'));
    }
    expect(known.place(origin('dpl_1'), now)).toEqual(
      origin('dpl_1', 'preview'),
    );
    expect(known.place(origin('dpl_0'), now)).toEqual(origin('dpl_0'));
  });
});
