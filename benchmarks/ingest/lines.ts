import { createHash, createHmac } from 'node:crypto';

export const SECRET = 'the secret of the benchmark';
export const LINES_PER_BATCH = 1_000;
const PROJECTS = 20;

/** What is posted once to the drain. */
export interface Delivery {
  body: Buffer;
  signature: string;
  /** Requests that it tells of, in all, and those that failed. */
  requests: number;
  errors: number;
}

/**
 * Makes deliveries of NDJSON with every documented field of a row, one row a
 * request, at times within the last hour. The same `round` gives the same.
 */
export function makeDeliveries(options: {
  round: string;
  count: number;
  now: number;
}): Delivery[] {
  return Array.from({ length: options.count }, (_, batch) =>
    makeDelivery({ ...options, batch }),
  );
}

function makeDelivery(options: {
  round: string;
  batch: number;
  now: number;
}): Delivery {
  const { round, batch, now } = options;
  let errors = 0;
  const lines: string[] = [];
  for (let line = 0; line < LINES_PER_BATCH; line += 1) {
    const status = (batch + line) % 50 === 0 ? 500 : 200;
    if (status === 500) errors += 1;
    // Rows come about in order, from the last two minutes.
    const at = now - 120_000 + Math.floor((line * 120_000) / LINES_PER_BATCH);
    const digest = createHash('md5').update(`${round} ${batch} ${line}`);
    lines.push(
      JSON.stringify(makeRow({ hex: digest.digest('hex'), status, at })),
    );
  }
  const body = Buffer.from(`${lines.join('\n')}\n`);
  const signature = createHmac('sha1', SECRET).update(body).digest('hex');
  return { body, signature, requests: LINES_PER_BATCH, errors };
}

/** Fields as https://vercel.com/docs/drains/reference/logs lists them. */
function makeRow(options: { hex: string; status: number; at: number }) {
  const { hex, status, at } = options;
  const project = parseInt(hex.slice(0, 4), 16) % PROJECTS;
  return {
    id: `${at}${parseInt(hex.slice(0, 12), 16)}`,
    timestamp: at + 7,
    source: 'lambda',
    level: status >= 500 ? 'error' : 'info',
    message: `[GET] /api/things/${hex.slice(0, 6)} status=${status}`,
    projectId: `prj_8sdfh2jfhs8dfh2jfhs8dfh2${project}`,
    projectName: `shop-${project}`,
    deploymentId: `dpl_233NRGRjVZX1caZrXWtz5g1TAks${project % 3}`,
    environment: project % 4 === 0 ? 'preview' : 'production',
    branch: 'main',
    host: `shop-${project}-3f2c1a9-acme.vercel.app`,
    path: '/api/things/[id]',
    entrypoint: 'api/things/[id].js',
    executionRegion: 'iad1',
    requestId: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
    statusCode: status,
    traceId: hex,
    spanId: hex.slice(16),
    proxy: {
      timestamp: at,
      method: 'GET',
      scheme: 'https',
      host: `shop-${project}.acme.dev`,
      path: `/api/things/${hex.slice(0, 6)}?page=2`,
      userAgent: [
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      ],
      referer: `https://shop-${project}.acme.dev/things`,
      region: 'iad1',
      statusCode: status,
      clientIp: '203.0.113.77',
      responseByteSize: 1234,
      cacheId: `cache-${hex.slice(0, 8)}`,
      pathType: 'func',
      vercelId: `iad1::iad1::${hex.slice(0, 5)}-${at}-${hex.slice(5, 17)}`,
      vercelCache: 'MISS',
      lambdaRegion: 'iad1',
    },
  };
}
