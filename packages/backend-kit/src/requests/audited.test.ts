import { mockServices } from '@backstage/backend-test-utils';
import { audited } from './audited';

it('leaves in the audit log how a change ended', async () => {
  const success = jest.fn(async () => {});
  const fail = jest.fn(async () => {});
  const auditor = mockServices.auditor.mock({
    createEvent: async () => ({ success, fail }),
  });
  const event = { eventId: 'thing-change', meta: { id: 'one' } };

  await expect(audited(auditor, event, async () => 'done')).resolves.toBe(
    'done',
  );
  expect(auditor.createEvent).toHaveBeenCalledWith({
    severityLevel: 'medium',
    ...event,
  });
  expect(success).toHaveBeenCalledTimes(1);

  const error = new Error('refused');
  await expect(
    audited(auditor, event, async () => {
      throw error;
    }),
  ).rejects.toBe(error);
  expect(fail).toHaveBeenCalledWith({ error });
  expect(success).toHaveBeenCalledTimes(1);
});
