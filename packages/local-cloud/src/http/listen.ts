import { createServer, RequestListener, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { isLoopbackAddress } from '../config';

/** Is a server that has its port. */
export interface RunningServer {
  url: string;
  port: number;
  server: Server;
  stop(): Promise<void>;
}

/** Listens on a loopback address; a port that is taken is reported with what to do. */
export async function listen(
  handler: RequestListener,
  options: { name: string; host: string; port: number },
): Promise<RunningServer> {
  const { name, host, port } = options;
  if (!isLoopbackAddress(host)) {
    throw new Error(
      `local-cloud cannot listen on '${host}': it is for this machine only. Use 127.0.0.1.`,
    );
  }
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', error => {
      const inUse = 'code' in error && error.code === 'EADDRINUSE';
      reject(
        inUse
          ? new Error(
              `Port ${port} for ${name} is in use. Stop what listens there, or set LOCAL_CLOUD_${name.toUpperCase()}_PORT.`,
            )
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${actual}`,
    port: actual,
    server,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
