import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from './ports';

/** What this machine's portal, GitHub, Vercel and PostgreSQL share. */
export interface LocalSecrets {
  forksEncryptionKey: string;
  githubToken: string;
  githubWebhookSecret: string;
  vercelToken: string;
  vercelWebhookSecret: string;
  postgresPassword: string;
  portalDatabasePassword: string;
  cloudDatabasePassword: string;
  /** Kept, because the connection strings of forks name it. */
  postgresPort: number;
}

const token = (bytes: number) => randomBytes(bytes).toString('hex');

/**
 * Reads the secrets of this data folder, and makes them at the first start.
 * They protect nothing but this machine's loopback services, are readable by
 * their owner only, and are deleted by `npm run reset`.
 */
export async function readOrCreateLocalSecrets(
  dataDir: string,
): Promise<LocalSecrets> {
  const file = join(dataDir, 'secrets.json');
  const existing = await readFile(file, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (existing) {
    try {
      return JSON.parse(existing) as LocalSecrets;
    } catch (error) {
      throw new Error(
        `${file} is not valid JSON (${error}). Restore it, or run 'npm run reset' to begin anew.`,
      );
    }
  }
  const secrets: LocalSecrets = {
    forksEncryptionKey: randomBytes(32).toString('base64'),
    githubToken: `ghp_${token(18)}`,
    githubWebhookSecret: token(24),
    vercelToken: `vcl_${token(18)}`,
    vercelWebhookSecret: token(24),
    postgresPassword: token(24),
    portalDatabasePassword: token(24),
    cloudDatabasePassword: token(24),
    postgresPort: await findFreePort(),
  };
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, {
    mode: 0o600,
  });
  await rename(`${file}.new`, file);
  return secrets;
}
