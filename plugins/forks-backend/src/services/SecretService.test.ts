import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import { migrate } from '../__testUtils__/TestForks';
import { DatabaseSealedSecretStore } from '../database/DatabaseSealedSecretStore';
import { DefaultSecretService } from './SecretService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const ana = { credentials: mockCredentials.user('user:default/ana') };
const eve = { credentials: mockCredentials.user('user:default/eve') };

describe('DefaultSecretService', () => {
  let knex: Knex;
  let service: DefaultSecretService;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    await migrate(knex);
    service = new DefaultSecretService(
      new DatabaseSealedSecretStore(knex),
      new Uint8Array(32).fill(1),
    );
    await knex('provisionings').insert({
      id: 'p-1',
      fork_name: 'shop',
      owner: 'group:default/platform',
      created_by: 'user:default/ana',
      request_hash: '',
      request: {},
      base_repository: '',
      base_sha: '',
      state: 'running',
      through: 'registration',
      on_failure: 'keep',
    });
  });

  const bind = () => knex('sealed_secrets').update({ provisioning_id: 'p-1' });
  const open = (...refs: string[]) =>
    service.openSecrets({
      provisioningId: 'p-1',
      secrets: refs.map((ref, index) => ({
        key: `KEY_${index}`,
        ref,
        targets: ['production'],
      })),
    });

  it('opens what it sealed, for the provisioning that it is bound to', async () => {
    const { ref, expiresAt } = await service.sealSecret(
      { value: 'p\u00e4ssword' },
      ana,
    );
    const minutes = (Date.parse(expiresAt) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(55);
    expect(minutes).toBeLessThan(65);
    const [row] = await knex('sealed_secrets');
    expect(JSON.stringify(row)).not.toContain('p\u00e4ssword');

    expect(await open(ref)).toEqual([]);
    await bind();
    expect(await open(ref)).toEqual([
      { key: 'KEY_0', value: 'p\u00e4ssword', targets: ['production'] },
    ]);
    await service.forgetSecrets({ provisioningId: 'p-1' });
    expect(await open(ref)).toEqual([]);
  });

  it('lets nobody else use a reference, nor use it twice', async () => {
    const { ref } = await service.sealSecret({ value: 'x' }, ana);
    const refs = [ref, 'made-up'];
    expect(await service.listUnusableRefs({ refs }, ana)).toEqual(['made-up']);
    expect(await service.listUnusableRefs({ refs }, eve)).toEqual(refs);
    await bind();
    expect(await service.listUnusableRefs({ refs }, ana)).toEqual(refs);
    await expect(
      service.sealSecret(
        { value: 'x' },
        { credentials: mockCredentials.none() },
      ),
    ).rejects.toMatchObject({ name: 'NotAllowedError' });
  });

  it('does not take one sealed value for another', async () => {
    const first = await service.sealSecret({ value: 'first' }, ana);
    const second = await service.sealSecret({ value: 'second' }, ana);
    const [{ jwe }] = await knex('sealed_secrets').where({ ref: second.ref });
    await knex('sealed_secrets').where({ ref: first.ref }).update({ jwe });
    await bind();
    await expect(open(first.ref)).rejects.toThrow(
      /'KEY_0' cannot be decrypted; 'forks.encryptionKey' was changed/,
    );
  });

  it('says so when the key was changed', async () => {
    const { ref } = await service.sealSecret({ value: 'x' }, ana);
    await bind();
    const other = new DefaultSecretService(
      new DatabaseSealedSecretStore(knex),
      new Uint8Array(32).fill(2),
    );
    await expect(
      other.openSecrets({
        provisioningId: 'p-1',
        secrets: [{ key: 'TOKEN', ref, targets: ['production'] }],
      }),
    ).rejects.toMatchObject({ retryable: false });
  });

  it('forgets what nobody used in time', async () => {
    await service.sealSecret({ value: 'x' }, ana);
    await service.sealSecret({ value: 'y' }, ana);
    await knex('sealed_secrets')
      .limit(1)
      .update({ expires_at: new Date(0) });
    const expired = await knex('sealed_secrets').where(
      'expires_at',
      '<',
      new Date(),
    );
    expect(await service.deleteExpiredSecrets()).toBe(expired.length);
  });
});
