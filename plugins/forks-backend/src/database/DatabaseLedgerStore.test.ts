import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { forkRequestSchema } from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import { migrate } from '../__testUtils__/TestForks';
import { DatabaseLedgerStore } from './DatabaseLedgerStore';
import { DatabaseProvisioningLogStore } from './DatabaseProvisioningLogStore';
import { DatabaseProvisioningStore } from './DatabaseProvisioningStore';
import { DatabaseSealedSecretStore } from './DatabaseSealedSecretStore';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

describe('the ledger and its leases', () => {
  let knex: Knex;
  let ledger: DatabaseLedgerStore;
  let provisionings: DatabaseProvisioningStore;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    await migrate(knex);
    ledger = new DatabaseLedgerStore(knex);
    provisionings = new DatabaseProvisioningStore(knex);
  });

  const insert = (name = 'shop', more: object = {}) =>
    provisionings.insertProvisioning({
      id: `id-${name}`,
      request: forkRequestSchema.parse({
        name,
        title: name,
        owner: 'group:default/platform',
        baseApplication: 'acme/base-app',
        ...more,
      }),
      requestHash: 'hash',
      base: { repository: 'acme/base-app', sha: 'a'.repeat(40) },
      entityRef: `component:default/${name}`,
      through: 'registration',
      createdBy: 'user:default/ana',
    });

  const claim = async (leaseSeconds = 60) => {
    const claimed = await ledger.claimDue({ leaseSeconds });
    if (!claimed) throw new Error('Nothing was due');
    return claimed;
  };

  const expire = () => knex('provisionings').update({ due_at: new Date(0) });
  const row = async () => (await knex('provisionings'))[0];

  it('gives a due provisioning to one of many who claim at once', async () => {
    await insert();
    const claims = await Promise.all(
      Array.from({ length: 5 }, () => ledger.claimDue({ leaseSeconds: 60 })),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('gives different provisionings to those who claim at once', async () => {
    for (const name of ['one', 'two', 'three']) await insert(name);
    const claims = await Promise.all([claim(), claim(), claim()]);
    expect(new Set(claims.map(c => c.provisioningId)).size).toBe(3);
    expect(new Set(claims.map(c => c.leaseId)).size).toBe(3);
  });

  it('does not give a provisioning again before its lease runs out, and a new lease after', async () => {
    await insert();
    const first = await claim();
    expect(await ledger.claimDue({ leaseSeconds: 60 })).toBeUndefined();
    await ledger.extend(first, { leaseSeconds: 90 });
    await expire();
    const second = await claim();
    expect(second.leaseId).not.toBe(first.leaseId);
  });

  it('a stale completion does not disturb its successor', async () => {
    await insert();
    const stale = await claim();
    await expire();
    const successor = await claim();
    const before = await row();

    const writes = [
      () => ledger.complete(stale, { state: 'failed' }),
      () => ledger.extend(stale, { leaseSeconds: 1 }),
      () => ledger.read(stale),
      () => ledger.beginStep(stale, { id: 'repository', intent: [], undo: [] }),
      () =>
        ledger.checkpointStep(stale, { id: 'repository', facts: { a: 'b' } }),
      () =>
        ledger.completeStep(stale, {
          id: 'repository',
          outcome: { state: 'succeeded', resources: [], facts: {}, undo: [] },
        }),
      () =>
        ledger.failStep(stale, {
          id: 'repository',
          error: { message: '', action: '', retryable: true },
        }),
      () => ledger.undoStep(stale, { id: 'repository' }),
    ];
    for (const write of writes) {
      await expect(write()).rejects.toMatchObject({ name: 'LeaseLostError' });
    }
    await ledger.release(stale);

    expect(await row()).toEqual(before);
    const { steps } = await ledger.read(successor);
    expect(steps.every(({ state }) => state === 'pending')).toBe(true);
  });

  it('a request during the work makes the provisioning due again at once', async () => {
    await insert();
    const claimed = await claim();
    await provisionings.requestChange({
      id: claimed.provisioningId,
      from: ['running'],
      to: 'unwinding',
    });
    expect(await ledger.claimDue({ leaseSeconds: 60 })).toBeUndefined();
    expect(await ledger.extend(claimed, { leaseSeconds: 60 })).toEqual({
      state: 'unwinding',
    });
    await ledger.complete(claimed, {
      state: 'succeeded',
      fork: { lifecycle: 'active' },
    });
    expect(await row()).toMatchObject({ state: 'unwinding', lease_id: null });
    expect((await knex('forks'))[0].lifecycle).toBe('provisioning');
    expect((await claim()).state).toBe('unwinding');
  });

  it('is not due any more once completed, unless it says when', async () => {
    await insert();
    await ledger.complete(await claim(), { state: 'waiting' });
    expect((await row()).due_at).toBeNull();
    await provisionings.requestChange({
      id: 'id-shop',
      from: ['waiting'],
      to: 'running',
    });
    await ledger.complete(await claim(), {
      state: 'running',
      dueInSeconds: 60,
      retries: 1,
    });
    expect(await ledger.claimDue({ leaseSeconds: 60 })).toBeUndefined();
    expect((await row()).retries).toBe(1);
  });

  it('can be gone on with at once when released', async () => {
    await insert();
    await ledger.release(await claim());
    expect(await claim()).toMatchObject({ provisioningId: 'id-shop' });
  });

  it('keeps the intent of a step before its result, and changes the fork with it', async () => {
    await insert();
    const claimed = await claim();
    await ledger.beginStep(claimed, {
      id: 'repository',
      intent: [{ kind: 'repository', name: 'acme/shop' }],
      undo: [{ operation: 'delete', kind: 'repository', name: 'acme/shop' }],
      fork: { statusReason: 'Create the repository' },
    });
    await ledger.checkpointStep(claimed, {
      id: 'repository',
      facts: { repositoryUrl: 'u' },
    });
    const [begun] = (await ledger.read(claimed)).steps;
    expect(begun).toMatchObject({
      state: 'running',
      attempts: 1,
      intent: [{ kind: 'repository', name: 'acme/shop' }],
      undo: [{ operation: 'delete' }],
      facts: { repositoryUrl: 'u' },
      resources: [],
    });
    await ledger.completeStep(claimed, {
      id: 'repository',
      outcome: {
        state: 'succeeded',
        resources: [{ kind: 'repository', name: 'acme/shop' }],
        facts: { commitSha: 'b' },
        undo: [],
      },
      fork: { repositoryUrl: 'u', live: { deploymentId: 'vercel:1' } },
    });
    expect((await knex('forks'))[0]).toMatchObject({
      status_reason: 'Create the repository',
      repository_url: 'u',
      live_deployment_id: 'vercel:1',
    });
    expect(await provisionings.usualDurations()).toEqual({
      repository: expect.any(Number),
    });
  });

  it('inserts nothing when a secret cannot be used', async () => {
    const secrets = new DatabaseSealedSecretStore(knex);
    const seal = (ref: string, ownerRef: string, lifetimeSeconds = 60) =>
      secrets.insertSecret({ ref, jwe: 'x', ownerRef, lifetimeSeconds });
    await seal('mine', 'user:default/ana');
    await seal('hers', 'user:default/eve');
    await seal('old', 'user:default/ana', -1);
    const withSecret = (...refs: string[]) => ({
      secrets: refs.map((ref, index) => ({ key: `KEY_${index}`, ref })),
    });

    for (const ref of ['hers', 'old', 'unknown']) {
      await expect(
        insert('shop', withSecret('mine', ref)),
      ).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringContaining('1 of its 2 secrets'),
      });
    }
    expect(await knex('provisionings')).toEqual([]);
    expect(await knex('forks')).toEqual([]);

    await insert('shop', withSecret('mine'));
    await expect(insert('other', withSecret('mine'))).rejects.toMatchObject({
      name: 'InputError',
    });
    expect(await secrets.listSecrets({ provisioningId: 'id-shop' })).toEqual([
      { ref: 'mine', jwe: 'x' },
    ]);
    expect(await secrets.deleteExpired()).toBe(1);
  });

  it('numbers log lines without gaps, whoever writes them', async () => {
    await insert();
    const log = new DatabaseProvisioningLogStore(knex);
    const line = (message: string) => ({
      at: new Date().toISOString(),
      step: 'repository' as const,
      level: 'info' as const,
      message,
    });
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        log.appendLines({
          provisioningId: 'id-shop',
          lines: [line(`${index} a\u0000`), line(`${index} b`)],
        }),
      ),
    );
    const lines = await log.listLines({ provisioningId: 'id-shop', after: 0 });
    expect(lines.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    expect(lines[0].message.charAt(0)).toBe(lines[1].message.charAt(0));
    expect(
      await log.listLines({ provisioningId: 'id-shop', after: 19 }),
    ).toHaveLength(1);
    expect(
      await log.appendLines({ provisioningId: 'gone', lines: [line('x')] }),
    ).toBe(0);
  });

  it('lists provisionings newest first, by state, each once', async () => {
    for (let index = 0; index < 7; index++) await insert(`fork-${index}`);
    await knex('provisionings')
      .where({ id: 'id-fork-3' })
      .update({ state: 'failed' });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await provisionings.listProvisionings({ cursor, limit: 3 });
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(ids).size).toBe(7);
    const failed = await provisionings.listProvisionings({
      states: ['failed'],
      filter: { key: 'createdBy', values: ['user:default/ana'] },
    });
    expect(failed.items.map(({ id }) => id)).toEqual(['id-fork-3']);
    const nobodys = await provisionings.listProvisionings({
      filter: { key: 'owner', values: [] },
    });
    expect(nobodys.items).toEqual([]);
  });
});
