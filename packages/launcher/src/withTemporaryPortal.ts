import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Portal, type PortalOptions } from './Portal';

/**
 * Runs a whole portal on an empty data folder for as long as the body takes,
 * then stops it and deletes the folder, also after Ctrl-C.
 */
export async function withTemporaryPortal<T>(
  options: Omit<PortalOptions, 'onProgress'>,
  body: (portal: Portal, dataDir: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'forkyard-'));
  process.env.FORKYARD_DATA_DIR = folder;
  const portal = new Portal({
    ...options,
    onProgress: message => process.stdout.write(`${message}\n`),
  });
  const clean = async () => {
    await portal.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const interrupt = () => clean().finally(() => process.exit(1));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await portal.start();
    return await body(portal, folder);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await clean();
  }
}
