import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrCreateLocalSecrets } from './localSecrets';

describe('readOrCreateLocalSecrets', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('makes secrets once, readable by their owner only, and keeps them', async () => {
    const first = await readOrCreateLocalSecrets(folder);
    const second = await readOrCreateLocalSecrets(folder);

    expect(second).toEqual(first);
    expect(Buffer.from(first.forksEncryptionKey, 'base64')).toHaveLength(32);
    const { mode } = await stat(join(folder, 'secrets.json'));
    expect(mode & 0o077).toBe(0);
  });

  it('makes other secrets in another folder', async () => {
    const first = await readOrCreateLocalSecrets(join(folder, 'one'));
    const second = await readOrCreateLocalSecrets(join(folder, 'two'));

    expect(second.githubToken).not.toBe(first.githubToken);
    expect(second.postgresPassword).not.toBe(first.postgresPassword);
  });

  it('names the file that cannot be read and leaves it alone', async () => {
    const file = join(folder, 'secrets.json');
    await writeFile(file, '{ broken');

    await expect(readOrCreateLocalSecrets(folder)).rejects.toThrow(
      /secrets\.json is not valid JSON.*npm run reset/,
    );
    await expect(readFile(file, 'utf8')).resolves.toBe('{ broken');
  });
});
