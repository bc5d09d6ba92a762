import { serve } from '@hono/node-server';
import { createApp } from './app.js';

const server = serve(
  {
    fetch: createApp().fetch,
    port: Number(process.env.PORT ?? 3000),
    hostname: process.env.HOSTNAME ?? '127.0.0.1',
  },
  address =>
    console.log(`Listening on http://${address.address}:${address.port}`),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => server.close(() => process.exit(0)));
}
