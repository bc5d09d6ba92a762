import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { NotFoundError, ResponseError } from '@backstage/errors';
import type { ForkRequestInput } from '@forkyard/plugin-forks-common';
import { MemoryForks } from './testUtils/MemoryForks';
import {
  waitForProvisioning,
  type WaitForProvisioningOptions,
} from './waitForProvisioning';

const request: ForkRequestInput = {
  name: 'image-studio',
  title: 'Image studio',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
};
const credentials = mockCredentials.user();

async function begin(
  forks: MemoryForks,
  more: Partial<ForkRequestInput> = {},
): Promise<string> {
  const { id } = await forks.provisionFork(
    { request: { ...request, ...more } },
    { credentials },
  );
  return id;
}

describe('waitForProvisioning', () => {
  let forks: MemoryForks;
  let logger: ReturnType<typeof mockServices.logger.mock>;

  beforeEach(() => {
    forks = new MemoryForks();
    logger = mockServices.logger.mock();
  });

  function wait(
    provisioningId: string,
    more: Partial<WaitForProvisioningOptions> = {},
  ) {
    return waitForProvisioning({
      forks,
      provisioningId,
      through: 'project',
      logger,
      credentials,
      ...more,
    });
  }

  it('returns as soon as the wanted step is done, on behalf of the initiator', async () => {
    const id = await begin(forks);
    const provisioning = await wait(id);
    expect(provisioning.steps.map(({ state }) => state).slice(0, 3)).toEqual([
      'succeeded',
      'succeeded',
      'pending',
    ]);
    expect(
      forks.callers.every(caller => caller.credentials === credentials),
    ).toBe(true);
  });

  it('forwards every log line once, over more than one page', async () => {
    const id = await begin(forks);
    for (let line = 1; line <= 2_300; line++) {
      forks.write(id, 'repository', `object ${line}`);
    }
    await wait(id);
    const lines = logger.info.mock.calls.map(([line]) => line);
    expect(lines.filter(line => /object \d+$/.test(line))).toHaveLength(2_300);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toContain('repository: done');
  });

  it('forwards only the lines of the steps it was asked about', async () => {
    const id = await begin(forks);
    await wait(id, { steps: ['project'] });
    const lines = logger.info.mock.calls.map(([line]) => line);
    expect(lines).toEqual(['project: done']);
  });

  it('ends with the message and the next step of the ledger when a step fails', async () => {
    forks.failures.set('project', {
      message: 'The team has 10 of 10 projects',
      action: 'Delete a project or ask for a higher quota.',
      retryable: false,
    });
    const id = await begin(forks);
    await expect(wait(id)).rejects.toMatchObject({
      name: 'ConflictError',
      message:
        "Fork 'image-studio' stopped at step 'project': The team has 10 of 10 projects. What exists so far is kept. Delete a project or ask for a higher quota.",
    });
  });

  it('shows the undoing to its end before it fails', async () => {
    forks.failures.set('project', {
      message: 'The team has 10 of 10 projects',
      action: 'Delete a project',
      retryable: false,
    });
    const id = await begin(forks, { onFailure: 'unwind' });
    await expect(wait(id, { steps: ['project'] })).rejects.toThrow(
      'Everything that had been created was removed again.',
    );
    expect(forks.provisionings.get(id)?.state).toBe('unwound');
    // A line of another step, which is shown because that step is undone.
    expect(logger.info.mock.calls.map(([line]) => line)).toContain(
      'repository: archived',
    );
  });

  it('says so when a provisioning was unwound by someone else', async () => {
    const id = await begin(forks);
    forks.provisionings.get(id)!.state = 'unwinding';
    await expect(wait(id)).rejects.toThrow(
      "Fork 'image-studio' was not created. Everything that had been created was removed again.",
    );
  });

  it('stops at once when the task is cancelled', async () => {
    const id = await begin(forks);
    const controller = new AbortController();
    const reason = new Error('Cancelled by the user');
    forks.beforeReply = method => {
      if (method === 'getProvisioning') controller.abort(reason);
    };
    await expect(wait(id, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('is woken from a pause by the cancelling of the task', async () => {
    const id = await begin(forks);
    forks.provisionings.get(id)!.state = 'waiting';
    const controller = new AbortController();
    const reason = new Error('Cancelled by the user');
    const waiting = wait(id, { signal: controller.signal });
    const deadline = Date.now() + 60_000;
    while (forks.callers.length < 4 && Date.now() < deadline) {
      await new Promise(resolve => setImmediate(resolve));
    }
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('gives up after the timeout, naming the step and that it goes on', async () => {
    const id = await begin(forks);
    const provisioning = forks.provisionings.get(id)!;
    provisioning.state = 'waiting';
    Object.assign(provisioning.steps[0], {
      state: 'running',
      startedAt: '2026-11-21T10:42:00.000Z',
    });
    await expect(wait(id, { timeoutMs: 0 })).rejects.toThrow(
      "Fork 'image-studio' is not ready: provisioning is still at step 'repository' (since 2026-11-21T10:42:00.000Z). It goes on; retry this task to watch it again.",
    );
  });

  it('bears a restart of the forks service', async () => {
    const id = await begin(forks);
    let failures = 3;
    forks.beforeReply = () => {
      if (failures-- > 0) throw new TypeError('fetch failed');
    };
    await expect(wait(id)).resolves.toMatchObject({ id });
    expect(logger.warn).toHaveBeenCalledTimes(1);
    expect(logger.warn).toHaveBeenCalledWith(
      'The forks service cannot be reached (fetch failed); trying again',
    );
  });

  it('ends with an error of its own when the forks service stays away', async () => {
    const id = await begin(forks);
    const away = await ResponseError.fromResponse(
      new Response('{}', { status: 503, statusText: 'Service Unavailable' }),
    );
    forks.beforeReply = () => {
      throw away;
    };
    await expect(wait(id, { outageMs: 0 })).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('The provisioning itself goes on'),
    });
  });

  it('does not try again when the forks service answers no', async () => {
    await expect(wait('provisioning-9')).rejects.toBeInstanceOf(NotFoundError);
    expect(forks.callers).toHaveLength(1);
  });
});
