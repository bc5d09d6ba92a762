import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { GatewayError } from './errorPages';
import type { RequestLog, ServedRequest } from './RequestLog';

/** Who answered a request, and with what where that was the gateway. */
interface Outcome {
  kind: ServedRequest['kind'];
  error?: GatewayError;
}

/** What ends when a request is over: its response, or a connection that was upgraded. */
type Ending = Pick<EventEmitter, 'once'> & { readonly closed: boolean };

/** Measures requests from their first byte to their end, and writes them down. */
export class RequestRecorder {
  readonly #log: RequestLog;
  readonly #events = new EventEmitter();
  #open = 0;

  constructor(log: RequestLog) {
    this.#log = log;
  }

  /** Starts the clock; call the answer once it is known who answers. */
  begin(options: {
    id: string;
    deployment: {
      id: string;
      projectId: string;
      target?: 'production';
    };
    request: IncomingMessage;
    ending: Ending;
    /** Asked at the end. */
    status: () => number;
  }): (outcome: Outcome) => void {
    const { id, deployment, request, ending, status } = options;
    const at = Date.now();
    const started = performance.now();
    const { socket } = request;
    const bytesBefore = socket.bytesWritten;
    this.#open += 1;
    const end = ({ kind, error }: Outcome) => {
      this.#log.add({
        id,
        at,
        projectId: deployment.projectId,
        deploymentId: deployment.id,
        target: deployment.target ?? 'preview',
        status: status(),
        durationMillis: performance.now() - started,
        responseBytes: socket.bytesWritten - bytesBefore,
        ...describeRequest(request),
        kind,
        error: error?.code,
      });
      this.#open -= 1;
      if (this.#open === 0) this.#events.emit('settled');
    };
    return outcome => {
      if (ending.closed) end(outcome);
      else ending.once('close', () => end(outcome));
    };
  }

  /** Waits until no request is open, and at most the given time. */
  async settle(mostMillis: number): Promise<void> {
    if (this.#open === 0) return;
    await once(this.#events, 'settled', {
      signal: AbortSignal.timeout(mostMillis),
    }).catch(() => undefined);
  }
}

function describeRequest(request: IncomingMessage) {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    host: request.headers.host ?? '',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark),
    userAgent: request.headers['user-agent'],
    referer: request.headers.referer,
    clientAddress: request.socket.remoteAddress ?? '127.0.0.1',
  };
}
