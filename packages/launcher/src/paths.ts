import { resolve } from 'node:path';

/** Root of the checkout. */
export const rootDir = resolve(__dirname, '../../..');

/** The one folder in which the portal keeps its state on this machine. */
export const dataDir = process.env.FORKYARD_DATA_DIR
  ? resolve(process.env.FORKYARD_DATA_DIR)
  : resolve(rootDir, '.forkyard');

export const logsDir = resolve(dataDir, 'logs');
