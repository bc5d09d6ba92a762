import { request } from 'node:http';
import { portalPorts } from './ports';

export interface GatewayResponse {
  status: number;
  body: string;
  cookies: string[];
}

/**
 * Sends a request to a fork through the gateway. Node resolves `*.localhost`
 * not everywhere, so it connects to loopback and names the fork as the host.
 */
export function requestHost(
  host: string,
  path: string,
  options: {
    method?: string;
    body?: string;
    contentType?: string;
    cookie?: string;
  } = {},
): Promise<GatewayResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: portalPorts.gateway,
        path,
        method: options.method ?? 'GET',
        headers: {
          host,
          origin: `http://${host}`,
          ...(options.body === undefined
            ? {}
            : {
                'content-type':
                  options.contentType ?? 'application/x-www-form-urlencoded',
                'content-length': Buffer.byteLength(options.body),
              }),
          ...(options.cookie ? { cookie: options.cookie } : {}),
        },
        timeout: 30_000,
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            cookies: (response.headers['set-cookie'] ?? []).map(
              cookie => cookie.split(';')[0],
            ),
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('No answer')));
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}
