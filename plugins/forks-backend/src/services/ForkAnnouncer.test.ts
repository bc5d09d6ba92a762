import { mockServices } from '@backstage/backend-test-utils';
import type { Fork } from '@forkyard/plugin-forks-common';
import type { ProvisioningRecord } from '../database/ProvisioningStore';
import { DefaultForkAnnouncer } from './ForkAnnouncer';

describe('DefaultForkAnnouncer', () => {
  const signals = { publish: jest.fn(async () => {}) };
  const events = { publish: jest.fn(async () => {}), subscribe: jest.fn() };
  const notifications = { send: jest.fn(async () => {}) };
  const logger = mockServices.logger.mock();
  const announcer = new DefaultForkAnnouncer({
    signals,
    events,
    notifications,
    logger,
  });
  const provisioning = {
    id: 'p-1',
    createdBy: 'user:default/ana',
  } as ProvisioningRecord;
  const message = { title: 't', description: 'd', failed: false };

  beforeEach(() => jest.clearAllMocks());

  it('tells pages on the channels of the contract', () => {
    announcer.announceProgress({ provisioningId: 'p-1', lastSequence: 7 });
    announcer.announceFork('registered', {
      name: 'shop',
      entityRef: 'component:default/shop',
      projectId: 'prj_1',
      status: 'healthy',
    } as Fork);
    expect(signals.publish.mock.calls).toEqual([
      [
        {
          recipients: { type: 'broadcast' },
          channel: 'forks:provisioning:p-1',
          message: { provisioningId: 'p-1', lastSequence: 7 },
        },
      ],
      [
        {
          recipients: { type: 'broadcast' },
          channel: 'forks:forks',
          message: { forkName: 'shop', status: 'healthy' },
        },
      ],
    ]);
    expect(events.publish).toHaveBeenCalledWith({
      topic: 'forks.fork',
      eventPayload: {
        kind: 'registered',
        forkName: 'shop',
        entityRef: 'component:default/shop',
        projectId: 'prj_1',
      },
    });
  });

  it('notifies people, and no services', () => {
    announcer.notifyCreator(
      { ...provisioning, createdBy: 'external:agent' },
      message,
    );
    expect(notifications.send).not.toHaveBeenCalled();
    announcer.notifyCreator(provisioning, { ...message, failed: true });
    expect(notifications.send).toHaveBeenCalledWith({
      recipients: { type: 'entity', entityRef: 'user:default/ana' },
      payload: expect.objectContaining({
        severity: 'high',
        link: '/forks/provisionings/p-1',
      }),
    });
  });

  it('takes no harm when nobody listens', async () => {
    signals.publish.mockRejectedValueOnce(new Error('down'));
    notifications.send.mockImplementationOnce(() => {
      throw new Error('not even a promise');
    });
    announcer.announceStatus({ forkName: 'shop', status: 'healthy' });
    announcer.notifyCreator(provisioning, message);
    await new Promise(process.nextTick);
    await new Promise(process.nextTick);
    expect(logger.warn).toHaveBeenCalledTimes(2);
  });
});
