import { mockServices } from '@backstage/backend-test-utils';
import { InputError } from '@backstage/errors';
import type { TemplateAction } from '@backstage/plugin-scaffolder-node';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { JsonObject } from '@backstage/types';
import { parse } from 'yaml';
import { MemoryForks } from '../testUtils/MemoryForks';
import { createCheckPlanAction } from './createCheckPlanAction';
import { createCreateDeploymentAction } from './createCreateDeploymentAction';
import { createCreateProjectAction } from './createCreateProjectAction';
import { createCreateRepositoryAction } from './createCreateRepositoryAction';
import { createRegisterForkAction } from './createRegisterForkAction';

const request = {
  name: 'image-studio',
  title: 'Image studio',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
};

describe('actions that fork an application', () => {
  let forks: MemoryForks;
  let actions: Record<string, TemplateAction>;

  beforeEach(() => {
    forks = new MemoryForks();
    actions = Object.fromEntries(
      [
        createCheckPlanAction({ forks }),
        createCreateRepositoryAction({ forks }),
        createCreateProjectAction({ forks }),
        createCreateDeploymentAction({ forks }),
        createRegisterForkAction({ forks }),
      ].map(action => [action.id, action as unknown as TemplateAction]),
    );
  });

  async function run(id: string, input: object, taskId = 'task-1') {
    const context = createMockActionContext({
      input: input as JsonObject,
      task: { id: taskId },
    });
    const logger = mockServices.logger.mock();
    context.logger = logger;
    const outputs: Record<string, unknown> = {};
    context.output = (name: string | number | symbol, value: unknown) => {
      outputs[String(name)] = value;
    };
    await actions[id].handler(context);
    return { outputs, logger };
  }

  const repository = (taskId?: string) =>
    run('forks:repository:create', request, taskId);

  /** Does what the scaffolder does with the output of an earlier step. */
  async function renderProvisioningId(input: JsonObject) {
    return input.provisioningId ===
      '${{ steps.repository.output.provisioningId }}'
      ? { provisioningId: (await repository()).outputs.provisioningId }
      : input;
  }

  it.each([
    'forks:plan:check',
    'forks:repository:create',
    'forks:project:create',
    'forks:deployment:create',
    'forks:fork:register',
  ])('%s does what its examples say', async id => {
    const { examples = [], schema } = actions[id];
    expect(examples.length).toBeGreaterThan(0);
    for (const { example } of examples) {
      const [step] = parse(example).steps;
      expect(step.action).toBe(id);
      step.input = await renderProvisioningId(step.input);
      expect(Object.keys(schema?.input?.properties ?? {})).toEqual(
        expect.arrayContaining(Object.keys(step.input)),
      );
      const { outputs } = await run(id, step.input);
      expect(Object.keys(outputs)).toEqual(
        expect.arrayContaining(
          [schema?.output?.required ?? []].flat() as string[],
        ),
      );
    }
  });

  it('runs from a checked plan to a registered fork', async () => {
    expect((await run('forks:plan:check', request)).outputs).toEqual({
      verdict: 'pass',
      warnings: [],
      estimatedMonthlyCostUsd: { low: 18, high: 31 },
    });
    const begun = (await repository()).outputs;
    expect(begun).toEqual({
      provisioningId: 'provisioning-1',
      entityRef: 'component:default/image-studio',
      repositoryUrl: 'http://127.0.0.1:4391/acme/image-studio',
    });
    const input = { provisioningId: begun.provisioningId };
    expect((await run('forks:project:create', input)).outputs).toEqual({
      projectName: 'image-studio',
      projectId: 'project_1',
    });
    const deployed = await run('forks:deployment:create', input);
    expect(deployed.outputs).toEqual({
      productionUrl: 'http://image-studio.localhost:4393',
      deploymentId: 'deployment_1',
    });
    expect(deployed.logger.info.mock.calls.map(([line]) => line)).toEqual([
      'deployment: done',
      'verification: done',
    ]);
    expect((await run('forks:fork:register', input)).outputs).toEqual({
      entityRef: 'component:default/image-studio',
      repositoryUrl: 'http://127.0.0.1:4391/acme/image-studio',
      productionUrl: 'http://image-studio.localhost:4393',
    });
    expect(forks.provisionings.get('provisioning-1')?.state).toBe('succeeded');
  });

  it('lets a provisioning go no further than the action says', async () => {
    const { outputs } = await repository();
    const states = forks.provisionings
      .get(String(outputs.provisioningId))!
      .steps.map(({ state }) => state);
    expect(states).toEqual(['succeeded', ...Array(7).fill('pending')]);
  });

  it('a repeated task finds the provisioning it had begun, though the reply was lost', async () => {
    forks.beforeReply = method => {
      if (method === 'provisionFork') throw new TypeError('socket hang up');
    };
    await expect(repository()).rejects.toThrow('socket hang up');
    expect(forks.provisionings.size).toBe(1);

    forks.beforeReply = () => {};
    const { outputs } = await repository();
    expect(outputs.provisioningId).toBe('provisioning-1');
    expect(forks.provisionings.size).toBe(1);
  });

  it('every later action may be repeated after its outside call was made', async () => {
    const { outputs } = await repository();
    const input = { provisioningId: outputs.provisioningId };
    for (const id of [
      'forks:project:create',
      'forks:deployment:create',
      'forks:fork:register',
    ]) {
      forks.beforeReply = method => {
        if (method === 'advanceProvisioning') throw new Error('dropped');
      };
      await expect(run(id, input)).rejects.toThrow('dropped');
      forks.beforeReply = () => {};
      await run(id, input);
    }
    const steps = forks.provisionings.get('provisioning-1')!.steps;
    expect(steps.map(({ attempts }) => attempts)).toEqual(Array(8).fill(1));
  });

  it('another task does not share the provisioning', async () => {
    await repository('task-1');
    await repository('task-2');
    expect(forks.provisionings.size).toBe(2);
  });

  it.each([
    ['repository', 'forks:repository:create'],
    ['deployment', 'forks:deployment:create'],
  ] as const)(
    'a retried task resumes a provisioning that failed at step %s',
    async (step, id) => {
      const failure = {
        message: 'The build failed',
        action: 'Fix it, then retry',
        retryable: true,
      };
      const input =
        step === 'repository'
          ? request
          : { provisioningId: (await repository()).outputs.provisioningId };
      forks.failures.set(step, failure);
      await expect(run(id, input)).rejects.toThrow(
        `stopped at step '${step}': The build failed. What exists so far is kept. Fix it, then retry.`,
      );
      forks.failures.delete(step);
      await run(id, input);
      expect(forks.provisionings.size).toBe(1);
    },
  );

  it('fails with every check that failed, and creates nothing', async () => {
    forks.plan = {
      ...forks.plan,
      verdict: 'fail',
      checks: [
        {
          id: 'repository-name',
          verdict: 'fail',
          message: 'Repository acme/image-studio exists',
          action: 'Choose another name',
        },
        { id: 'domain', verdict: 'warn', message: 'No CNAME record yet.' },
        { id: 'quota', verdict: 'fail', message: '10 of 10 projects' },
      ],
    };
    await expect(run('forks:plan:check', request)).rejects.toThrow(
      new InputError(
        "Fork 'image-studio' cannot be created, nothing was changed. Repository acme/image-studio exists. Choose another name. 10 of 10 projects.",
      ),
    );
    expect(forks.provisionings.size).toBe(0);
  });

  it('goes on with warnings and hands them over', async () => {
    forks.plan = {
      ...forks.plan,
      verdict: 'warn',
      estimatedMonthlyCostUsd: undefined,
      checks: [
        {
          id: 'domain',
          verdict: 'warn',
          message: 'shop.example.com does not point here',
          action: 'Add a CNAME record',
        },
      ],
    };
    const { outputs, logger } = await run('forks:plan:check', request);
    expect(outputs).toEqual({
      verdict: 'warn',
      warnings: ['shop.example.com does not point here. Add a CNAME record.'],
    });
    expect(logger.warn).toHaveBeenCalledWith(
      'warn: shop.example.com does not point here. Add a CNAME record.',
    );
  });

  it.each(['forks:plan:check', 'forks:repository:create'])(
    '%s refuses a bad request before it calls anything',
    async id => {
      await expect(run(id, { ...request, name: '../x' })).rejects.toThrow(
        InputError,
      );
      expect(forks.requests).toEqual([]);
    },
  );

  it('an action without a provisioning says which output is missing', async () => {
    await expect(
      run('forks:project:create', { provisioningId: '' }),
    ).rejects.toThrow(/pass the output of the step that ran forks:repository/);
  });

  it('only the check of the plan runs in a dry run', () => {
    expect(
      Object.values(actions)
        .filter(({ supportsDryRun }) => supportsDryRun)
        .map(({ id }) => id),
    ).toEqual(['forks:plan:check']);
  });
});
