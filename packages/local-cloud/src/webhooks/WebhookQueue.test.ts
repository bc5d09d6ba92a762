import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Log } from '../Log';
import { MetadataStore } from '../store';
import { WebhookDeliveryStore } from './WebhookDeliveryStore';
import { WebhookQueue } from './WebhookQueue';

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };

describe('WebhookQueue', () => {
  let folder: string;
  let receiver: Server;
  let url: string;
  let bodies: string[];
  let arrived: () => void;
  let statuses: number[];

  beforeEach(async () => {
    statuses = [];
    folder = await mkdtemp(path.join(tmpdir(), 'webhook-queue-'));
    bodies = [];
    arrived = () => {};
    receiver = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(statuses.shift() ?? 200).end();
        arrived();
      });
    });
    await new Promise<void>(resolve =>
      receiver.listen(0, '127.0.0.1', resolve),
    );
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    receiver.closeAllConnections();
    await new Promise(resolve => receiver.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  function open(retryMilliseconds: number[] = []) {
    const store = MetadataStore.open(path.join(folder, 'metadata.sqlite'));
    const deliveries = new WebhookDeliveryStore(store);
    const queue = new WebhookQueue({ deliveries, log, retryMilliseconds });
    queue.registerSigner('test', () => ({ 'x-signature': 'none' }));
    return { store, deliveries, queue };
  }

  const message = (body: string, hookId = '1') => ({
    source: 'test',
    hookId,
    event: 'push',
    url,
    body,
  });

  const received = (count: number) =>
    new Promise<void>(resolve => {
      arrived = () => {
        if (bodies.length >= count) {
          resolve();
        }
      };
    });

  it('delivers after a restart what an earlier process could not send', async () => {
    const first = open();
    first.queue.enqueue(message('{"n":1}'));
    first.queue.enqueue(message('{"n":2}'));
    await first.queue.stop();
    first.store.close();
    expect(bodies).toEqual([]);
    const second = open();
    const both = received(2);
    second.queue.start();
    await both;
    await second.queue.stop();
    second.store.close();
    expect(bodies).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('fails a delivery whose hook is gone without sending it', async () => {
    const { store, deliveries, queue } = open();
    queue.registerSigner('test', delivery =>
      delivery.hookId === 'gone' ? undefined : {},
    );
    const lost = queue.enqueue(message('{}', 'gone'));
    queue.enqueue(message('{"kept":true}'));
    const one = received(1);
    queue.start();
    await one;
    await queue.stop();
    expect(bodies).toEqual(['{"kept":true}']);
    expect(deliveries.find(lost.id)).toMatchObject({
      state: 'failed',
      lastAttempt: { error: 'The hook no longer exists' },
    });
    store.close();
  });

  it('does not forget a retry that falls due while it looks for what is due', async () => {
    const { store, queue } = open([15]);
    statuses = [500];
    let now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => {
      // A machine so busy that every look at the clock is 10 ms later.
      now += 10;
      return now;
    });
    const both = received(2);
    queue.start();
    queue.enqueue(message('{"n":1}'));
    await both;
    clock.mockRestore();
    expect(bodies).toEqual(['{"n":1}', '{"n":1}']);
    await queue.stop();
    store.close();
  });

  it('keeps the last deliveries of a hook and those that still wait', async () => {
    const { store, deliveries, queue } = open();
    for (let number = 0; number < 230; number += 1) {
      const { id } = queue.enqueue(message(`{"n":${number}}`));
      if (number > 0) {
        deliveries.recordAttempt({
          id,
          state: 'delivered',
          dueAt: 0,
          attempt: {
            at: '',
            durationMilliseconds: 0,
            requestHeaders: {},
            responseHeaders: {},
            responseBody: '',
          },
        });
      }
    }
    const kept = deliveries.list({ source: 'test', hookId: '1', limit: 500 });
    expect(kept).toHaveLength(201);
    expect(kept.at(-1)?.body.toString()).toBe('{"n":0}');
    store.close();
  });
});
