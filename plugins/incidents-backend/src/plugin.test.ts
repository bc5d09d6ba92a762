import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import type { RunbookRunDetails } from '@forkyard/plugin-incidents-common';
import {
  ENTITY_REF,
  startIncidents,
  TestRepository,
  until,
} from './__testUtils__/startIncidents';
import { TestDeployments } from './__testUtils__/TestDeployments';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const RUNBOOK = `# High error rate

Look first.

\`\`\`step
type: http-check
path: /healthz
expectBodyIncludes: ok
\`\`\`

## Go back

\`\`\`step
type: rollback
\`\`\`

\`\`\`step
type: wait-for
condition: alert-resolved
\`\`\`
`;

const PATH = 'runbooks/high-error-rate.md';

async function start() {
  const repository = new TestRepository();
  repository.files = {
    'high-error-rate.md': RUNBOOK,
    'broken.md': '# Broken\n\nRead me.\n\n```step\ntype: explode\n```\n',
    'notes.txt': 'no runbook',
  };
  const deployments = new TestDeployments(ENTITY_REF);
  deployments.add('good');
  deployments.add('bad');
  const knex = await databases.init('POSTGRES_18');
  const started = await startIncidents({ knex, repository, deployments });
  return { ...started, knex };
}

type Started = Awaited<ReturnType<typeof start>>;

async function fire({ slo, runJob, call }: Started) {
  const told = slo.add({ id: 'alert-1', entityRef: ENTITY_REF });
  await runJob('reconcile-slo-alerts');
  const { body } = await call('get', `/alerts?entityRef=${ENTITY_REF}`);
  return { told, alert: body.items[0] };
}

async function startRun({ call }: Started, more: object = {}) {
  const response = await call('post', '/runs').send({
    entityRef: ENTITY_REF,
    runbookPath: PATH,
    ...more,
  });
  return response.body as RunbookRunDetails;
}

const waitFor = ({ call }: Started, id: string, ...states: string[]) =>
  until(
    async () => (await call('get', `/runs/${id}`)).body as RunbookRunDetails,
    run => states.includes(run.state),
  );

describe('incidentsPlugin', () => {
  let application: Server;
  let seen: string[];

  beforeAll(async () => {
    application = createServer((req, res) => {
      seen.push(`${req.headers.host} ${req.url}`);
      res.end('{"status":"ok"}');
    });
    await new Promise<void>(resolve => {
      application.listen(0, '127.0.0.1', resolve);
    });
  });

  beforeEach(() => {
    seen = [];
  });

  afterAll(
    () =>
      new Promise(resolve => {
        application.close(resolve);
      }),
  );

  const port = () => (application.address() as AddressInfo).port;

  it('takes an alert from its beginning over a runbook that rolls back to its end', async () => {
    const started = await start();
    const { call, deployments, runJob, notifications, slo } = started;
    deployments.url = `http://shop.localhost:${port()}`;
    const { alert, told } = await fire(started);
    expect(alert).toMatchObject({
      entityRef: ENTITY_REF,
      state: 'firing',
      severity: 'page',
      runbook: PATH,
    });
    const acknowledged = await call('post', `/alerts/${alert.id}/acknowledge`);
    expect(acknowledged.body.acknowledgedBy).toBe('user:default/mock');

    const runbook = await call(
      'get',
      `/runbook?entityRef=${ENTITY_REF}&path=${alert.runbook}`,
    );
    expect(runbook.body.steps).toHaveLength(3);
    const { id } = await startRun(started, {
      alertId: alert.id,
      runbookHash: runbook.body.hash,
    });
    const waiting = await waitFor(started, id, 'waiting');
    expect(waiting.steps[0]).toMatchObject({
      state: 'succeeded',
      output: { url: `http://shop.localhost:${port()}/healthz`, status: 200 },
    });
    expect(seen).toEqual([`shop.localhost:${port()} /healthz`]);
    expect(waiting.steps[1].state).toBe('waiting');
    expect(deployments.calls).toEqual([]);

    await call('post', `/runs/${id}/steps/1/continue`).send({});
    expect(deployments.calls).toEqual([
      'rollback vercel:good user:default/mock',
    ]);
    told.state = 'resolved';
    told.endsAt = '2026-11-21T10:20:00.000Z';
    expect(slo.alerts[0].state).toBe('resolved');
    await runJob('reconcile-slo-alerts');
    await until(
      async () => {
        await runJob('run-runbooks');
        return (await call('get', `/runs/${id}`)).body as RunbookRunDetails;
      },
      run => run.state === 'succeeded',
    );

    const details = (await call('get', `/alerts/${alert.id}`)).body;
    expect(details).toMatchObject({
      state: 'resolved',
      endsAt: '2026-11-21T10:20:00.000Z',
    });
    expect(details.timeline.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining([
        'alert-fired',
        'alert-acknowledged',
        'run-started',
        'step-waiting',
        'step-started',
        'step-succeeded',
        'alert-resolved',
        'run-ended',
      ]),
    );
    await runJob('announce-alerts');
    expect(
      notifications.send.mock.calls.map(
        ([{ payload }]: { payload: object }[][]) => payload,
      ),
    ).toEqual([
      expect.objectContaining({
        severity: 'critical',
        link: `/catalog/default/component/shop/runbooks?runbook=runbooks%2Fhigh-error-rate.md&alert=${alert.id}`,
      }),
      expect.objectContaining({ severity: 'low' }),
    ]);
    const summaries = await call(
      'get',
      '/summaries',
      mockCredentials.service.header(),
    );
    expect(summaries.body.items).toEqual([
      { entityRef: ENTITY_REF, firing: 0 },
    ]);
  });

  it('shows a broken runbook as broken, and does not run it', async () => {
    const { call } = await start();
    const list = await call('get', `/runbooks?entityRef=${ENTITY_REF}`);
    expect(
      list.body.items.map(({ path, problems }: Record<string, unknown>) => [
        path,
        problems,
      ]),
    ).toEqual([
      ['runbooks/broken.md', 1],
      [PATH, 0],
    ]);
    const path = 'runbooks/broken.md';
    const runbook = await call(
      'get',
      `/runbook?entityRef=${ENTITY_REF}&path=${path}`,
    );
    expect(runbook.body).toMatchObject({
      sha: 'a'.repeat(40),
      parts: [
        { kind: 'text', markdown: '# Broken\n\nRead me.' },
        { kind: 'step', index: 0 },
      ],
      problems: [{ line: 6, message: expect.stringContaining('type') }],
    });
    const run = await call('post', '/runs').send({
      entityRef: ENTITY_REF,
      runbookPath: path,
    });
    expect(run.status).toBe(409);
    expect(run.body.error.message).toContain('line 6');
  });

  it('keeps showing runbooks when the repository fails or is suddenly empty', async () => {
    const { call, repository } = await start();
    const list = () =>
      call('get', `/runbooks?entityRef=${ENTITY_REF}&refresh=true`);
    await list();
    repository.failure = new Error('connect ECONNREFUSED');
    const failed = (await list()).body;
    expect(failed.items).toHaveLength(2);
    expect(failed.staleReason).toContain('ECONNREFUSED');
    repository.failure = undefined;
    repository.commit = 'b'.repeat(40);
    repository.files = {};
    const empty = (await list()).body;
    expect(empty.items).toHaveLength(2);
    expect(empty.staleReason).toContain('There is no runbook');
    const { status } = await call(
      'get',
      `/runbook?entityRef=${ENTITY_REF}&path=${PATH}`,
    );
    expect(status).toBe(200);
  });

  it('resolves nothing when the slo plugin fails or forgets its alerts', async () => {
    const started = await start();
    const { slo, runJob, call } = started;
    const { alert } = await fire(started);
    slo.failure = new Error('connect ECONNREFUSED');
    await expect(runJob('reconcile-slo-alerts')).rejects.toThrow(
      ServiceUnavailableError,
    );
    slo.failure = undefined;
    slo.alerts = [];
    await runJob('reconcile-slo-alerts');
    const { body } = await call('get', `/alerts/${alert.id}`);
    expect(body).toMatchObject({ state: 'firing', firingAtSource: true });
  });

  it('does not do a step that the user may not do, and keeps who tried', async () => {
    const started = await start();
    const { call, deny, deployments } = started;
    deployments.url = `http://shop.localhost:${port()}`;
    const { alert } = await fire(started);
    const { id } = await startRun(started, { alertId: alert.id });
    await waitFor(started, id, 'waiting');
    deny('deployments.deployment.promote');

    const pressed = await call('post', `/runs/${id}/steps/1/continue`);
    expect(pressed.status).toBe(403);
    expect(pressed.body.error.message).toContain('You may not roll back');
    const again = await call('post', '/runs').send({
      entityRef: ENTITY_REF,
      runbookPath: PATH,
      alertId: alert.id,
    });
    expect(again.status).toBe(403);

    expect(deployments.calls).toEqual([]);
    const run = (await call('get', `/runs/${id}`)).body as RunbookRunDetails;
    expect(run.state).toBe('waiting');
    expect(run.timeline.at(-1)).toMatchObject({
      kind: 'step-denied',
      who: 'user:default/mock',
      stepIndex: 1,
    });
    const { body } = await call('get', `/alerts/${alert.id}`);
    expect(body.timeline.at(-1).text).toContain('was not started');
    const { body: runs } = await call('get', `/runs?entityRef=${ENTITY_REF}`);
    expect(runs.items).toHaveLength(1);
  });
});
