import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { schedulePruneWebhookEventsJob } from '../jobs/pruneWebhookEventsJob';
import { createTestStores } from '../__testUtils__/createTestStores';
import { MemoryDeploymentProvider } from '../__testUtils__/MemoryDeploymentProvider';
import { ProviderRegistry } from './ProviderRegistry';
import { WebhookService } from './WebhookService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

async function create() {
  const knex = await databases.init('POSTGRES_18');
  const stores = await createTestStores(knex);
  const providers = new ProviderRegistry();
  providers.addProvider(new MemoryDeploymentProvider());
  const webhooks = new WebhookService({
    ...stores,
    providers,
    logger: mockServices.logger.mock(),
  });
  return { knex, stores, webhooks };
}

describe('WebhookService', () => {
  it('acts on a repeat of what it could not act on, and then no more', async () => {
    const { stores, webhooks } = await create();
    const requestReconcile = jest.spyOn(stores.tracked, 'requestReconcile');
    requestReconcile.mockRejectedValueOnce(new Error('no connection'));
    const receive = () =>
      webhooks.receiveWebhook({
        provider: 'memory',
        headers: { 'x-signature': 'good' },
        rawBody: Buffer.from('{"eventId":"evt_1","projectId":"prj_1"}'),
      });
    await expect(receive()).rejects.toThrow('no connection');
    await receive();
    expect(requestReconcile).toHaveBeenCalledTimes(2);
    await receive();
    expect(requestReconcile).toHaveBeenCalledTimes(2);
  });

  it('forgets events after a week, and not before', async () => {
    const { knex, stores, webhooks } = await create();
    const scheduler = mockServices.scheduler.mock();
    await schedulePruneWebhookEventsJob({ scheduler, webhooks });
    const prune = () =>
      scheduler.scheduleTask.mock.calls[0][0].fn(new AbortController().signal);
    await stores.events.insert({ provider: 'memory', eventId: 'old' });
    await stores.events.insert({ provider: 'memory', eventId: 'new' });
    const age = (eventId: string, interval: string) =>
      knex('webhook_events')
        .where({ event_id: eventId })
        .update({ received_at: knex.raw(`now() - interval '${interval}'`) });
    await age('old', '169 hours');
    await age('new', '167 hours');

    await prune();
    await prune();
    const left = await knex('webhook_events').pluck('event_id');
    expect(left).toEqual(['new']);
  });
});
