import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** The ports that the portal listens on, and who answers there. */
export const portalPorts = {
  frontend: 3000,
  backend: 7007,
  github: 4391,
  vercel: 4392,
  gateway: 4393,
} as const;

// Below what Linux (32768), macOS and Windows (49152) give to connections: a
// port may be kept for long, and must still be free at the next start.
const FIRST_PORT = 20_000;
const LAST_PORT = 32_767;

/** Finds a loopback port that nothing listens on. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await isPortFree(port)) return port;
  }
}

/** Tells whether a loopback port can be listened on. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Throws an error that names every port which something else listens on. */
export async function assertPortsFree(
  ports: Record<string, number>,
): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    if (!(await isPortFree(port))) taken.push(`${port} (${name})`);
  }
  if (taken.length > 0) {
    throw new Error(
      `Port ${taken.join(', ')} is in use on 127.0.0.1. Is a portal running already? Stop what listens there and start again.`,
    );
  }
}
