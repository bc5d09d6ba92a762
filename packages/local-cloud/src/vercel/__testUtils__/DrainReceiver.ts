import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the receiver was sent. */
export interface ReceivedBatch {
  headers: IncomingHttpHeaders;
  raw: Buffer;
}

/** Takes what drains send, and refuses it or loses the reply when it is told to. */
export class DrainReceiver {
  readonly batches: ReceivedBatch[] = [];
  /** What happens to the next requests; taken with 200 when it is empty. */
  readonly behavior: ('refuse' | 'lose')[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        const next = this.behavior.shift();
        if (next === 'refuse') {
          response.writeHead(500).end();
          return;
        }
        const raw = Buffer.concat(chunks);
        this.batches.push({ headers: request.headers, raw });
        if (next === 'lose') request.socket.destroy();
        else response.end();
      });
    });
  }

  static async start(): Promise<DrainReceiver> {
    const receiver = new DrainReceiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/drain`;
  }

  /** The rows of the batches, whatever their encoding. */
  rows<T>(): T[] {
    return this.batches.flatMap(({ raw, headers }) => {
      const text = raw.toString('utf8');
      return headers['content-type'] === 'application/x-ndjson'
        ? text
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line))
        : JSON.parse(text);
    });
  }

  clear(): void {
    this.batches.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }
}

/** Signs as the platform does. */
export function signatureOf(raw: Buffer, secret: string): string {
  return createHmac('sha1', secret).update(raw).digest('hex');
}
