import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ServiceUnavailableError } from '@backstage/errors';
import { createTestStores, report } from '../__testUtils__/createTestStores';
import type {
  FindingsSource,
  ScanOutcome,
  ScanTarget,
} from '../sources/FindingsSource';
import { ScanService } from './ScanService';
import { SightingService } from './SightingService';
import type { FindingsAnnouncer, FindingsChange } from './FindingsAnnouncer';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const entityRef = 'component:default/shop';

/** A source that tells what the test says. */
class MemorySource implements FindingsSource {
  readonly source = 'secrets';
  readonly needsRepository = true;
  readonly asked: ScanTarget[] = [];
  outcome: ScanOutcome | Error = { kind: 'off', reason: 'Nothing yet.' };

  async scan(target: ScanTarget): Promise<ScanOutcome> {
    this.asked.push(target);
    if (this.outcome instanceof Error) throw this.outcome;
    return this.outcome;
  }

  tell(count: number, version?: string | (() => Promise<string>)): void {
    const reports = Array.from({ length: count }, (_, index) =>
      report(`f${index}`),
    );
    this.outcome = { kind: 'scanned', reports, version };
  }
}

describe('ScanService', () => {
  async function create() {
    const knex = await databases.init('POSTGRES_18');
    const stores = await createTestStores(knex);
    const changes: FindingsChange[] = [];
    const announcer = {
      announce: async (change: FindingsChange) => {
        changes.push(change);
      },
    } as FindingsAnnouncer;
    const source = new MemorySource();
    const sightings = new SightingService({ ...stores, announcer });
    const service = new ScanService({
      ...stores,
      sources: [source],
      sightings,
      logger: mockServices.logger.mock(),
      refreshMinutes: 15,
    });
    await stores.scans.track(
      [{ entityRef, repository: 'acme/shop' }],
      ['secrets'],
    );
    const open = async () =>
      (await stores.findings.list({ entityRef, states: ['open'], limit: 100 }))
        .length;
    const state = () =>
      stores.scans.find({ entityRef, source: 'secrets', category: '' });
    /** A scheduled look, whenever it would be due. */
    const look = async () => {
      await service.requestScan({ entityRef });
      await service.scanDue();
    };
    return { ...stores, knex, source, service, changes, open, state, look };
  }

  it('takes over what a source tells, and closes what it no longer does', async () => {
    const { source, look, open, state, changes } = await create();
    source.tell(3, 'v1');
    await look();
    expect(await open()).toBe(3);
    expect(await state()).toMatchObject({ condition: 'on', version: 'v1' });
    source.tell(2, 'v2');
    await look();
    expect(await open()).toBe(2);
    expect(source.asked.map(({ heldVersion }) => heldVersion)).toEqual([
      undefined,
      'v1',
    ]);
    expect(
      changes.map(({ opened, closed }) => [opened.length, closed]),
    ).toEqual([
      [3, 0],
      [0, 1],
    ]);
  });

  it('closes nothing while a source fails, asks it more rarely, and looks anew afterwards', async () => {
    const { source, look, open, state, knex } = await create();
    source.tell(3, 'v1');
    await look();
    source.outcome = new ServiceUnavailableError('GitHub is away.');
    await look();
    await look();
    await look();
    expect(await open()).toBe(3);
    expect(await state()).toMatchObject({
      condition: 'failing',
      reason: 'GitHub is away.',
      failures: 3,
    });
    const { rows } = await knex.raw(
      'select extract(epoch from due_at - now()) as seconds from scans',
    );
    expect(Number(rows[0].seconds)).toBeGreaterThan(3500);
    source.tell(1, 'v1');
    await look();
    expect(source.asked.at(-1)?.heldVersion).toBeUndefined();
    expect(await open()).toBe(1);
  });

  it('tells nobody the words of an error of our own', async () => {
    const { source, look, state } = await create();
    source.outcome = new TypeError('password is hunter2');
    await look();
    expect((await state())?.reason).toBe(
      'The look failed for a reason of our own; see the log of the backend.',
    );
  });

  it('closes nothing when a source is switched off', async () => {
    const { source, look, open, state } = await create();
    source.tell(3, 'v1');
    await look();
    source.outcome = { kind: 'off', reason: 'Not enabled.' };
    await look();
    expect(await open()).toBe(3);
    expect(await state()).toMatchObject({
      condition: 'off',
      reason: 'Not enabled.',
    });
  });

  it('believes a sudden drop only at a newer commit', async () => {
    const { source, look, open, state } = await create();
    source.tell(12, 'v1');
    await look();
    source.tell(0, 'v2');
    await look();
    expect(await open()).toBe(12);
    expect(await state()).toMatchObject({
      condition: 'unconfirmed',
      version: 'v1',
      doubtedVersion: 'v2',
    });
    await look();
    expect(await open()).toBe(12);
    source.outcome = { kind: 'unchanged', version: 'v2' };
    await look();
    expect(await state()).toMatchObject({ condition: 'unconfirmed' });
    source.tell(0, 'v3');
    await look();
    expect(await open()).toBe(0);
    expect(await state()).toMatchObject({ condition: 'on', version: 'v3' });
  });

  it('believes a sudden drop of a source without versions only when somebody asks', async () => {
    const { source, look, open, service, state } = await create();
    source.tell(12);
    await look();
    source.tell(1);
    await look();
    await look();
    expect(await open()).toBe(12);
    await service.refreshEntity({ entityRef });
    expect(await open()).toBe(1);
    expect(await state()).toMatchObject({ condition: 'on' });
  });

  it('asks for the version of what names none only when it is in doubt', async () => {
    const { source, look, open, state } = await create();
    let head = 'v1';
    let asked = 0;
    const version = async () => {
      asked += 1;
      if (head === '') throw new ServiceUnavailableError('GitHub is away.');
      return head;
    };
    source.tell(12, version);
    await look();
    expect(asked).toBe(0);
    head = '';
    source.tell(0, version);
    await look();
    expect(await state()).toMatchObject({ condition: 'unconfirmed' });
    head = 'v2';
    await look();
    await look();
    expect(await state()).toMatchObject({ doubtedVersion: 'v2' });
    expect(await open()).toBe(12);
    head = 'v3';
    await look();
    expect(await open()).toBe(0);
    expect(await state()).toMatchObject({ condition: 'on' });
  });

  it('takes a drop back when the source recovers', async () => {
    const { source, look, open, state } = await create();
    source.tell(12);
    await look();
    source.tell(0);
    await look();
    source.tell(12);
    await look();
    expect(await open()).toBe(12);
    expect(await state()).toMatchObject({
      condition: 'on',
      doubtedVersion: undefined,
    });
  });

  it('refreshes nothing of an entity that it does not follow, and throws when nobody can answer', async () => {
    const { source, service } = await create();
    await expect(
      service.refreshEntity({ entityRef: 'component:default/none' }),
    ).rejects.toThrow("set its annotation 'github.com/project-slug'");
    source.outcome = new ServiceUnavailableError('GitHub is away.');
    await expect(service.refreshEntity({ entityRef })).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('GitHub is away.'),
    });
  });

  it('looks at no repository that the entity may not name', async () => {
    const { scans, source, look, state } = await create();
    await scans.track([{ entityRef, refusal: 'It may not.' }], ['secrets']);
    await look();
    expect(source.asked).toEqual([]);
    expect(await state()).toMatchObject({
      condition: 'off',
      reason: 'It may not.',
    });
  });
});
