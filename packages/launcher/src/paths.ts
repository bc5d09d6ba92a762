import { join, resolve } from 'node:path';

/** Root of the checkout. */
export const rootDir = resolve(__dirname, '../../..');

/** The one folder in which the portal keeps its state on this machine. */
export function getDataDir(): string {
  return process.env.FORKYARD_DATA_DIR
    ? resolve(process.env.FORKYARD_DATA_DIR)
    : resolve(rootDir, '.forkyard');
}

export function getLogsDir(): string {
  return join(getDataDir(), 'logs');
}
