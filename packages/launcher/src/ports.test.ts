import { createServer, type Server } from 'node:net';
import { assertPortsFree, findFreePort, isPortFree } from './ports';

describe('ports', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
  });

  it('names a port in use and what it is for, and lets free ones pass', async () => {
    const port = await findFreePort();
    // The system gives it to no connection by itself.
    expect(port).toBeLessThan(32_768);
    await expect(assertPortsFree({ backend: port })).resolves.toBeUndefined();

    server = createServer();
    await new Promise<void>(resolve =>
      server!.listen(port, '127.0.0.1', resolve),
    );

    await expect(isPortFree(port)).resolves.toBe(false);
    await expect(assertPortsFree({ backend: port })).rejects.toThrow(
      `Port ${port} (backend) is in use`,
    );
  });
});
