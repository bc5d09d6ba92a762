import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import type { RunbookRunDetails } from '@forkyard/plugin-incidents-common';
import {
  ENTITY_REF,
  startIncidents,
  until,
} from './__testUtils__/startIncidents';
import { TestDeployments } from './__testUtils__/TestDeployments';
import { TestRepository } from './__testUtils__/TestRepository';

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
  let anyStarted: Started | undefined;
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
    const { call, deployments, runJob, notifications } = started;
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
      notifications.send.mock.calls.map(([{ payload }]) => payload),
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
    const { call, repository, knex } = await start();
    const list = async () => {
      await knex('runbook_folders').update({
        tried_at: knex.raw("tried_at - interval '11 seconds'"),
      });
      return call('get', `/runbooks?entityRef=${ENTITY_REF}&refresh=true`);
    };
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

  it('reads a repository again when asked to, but not every moment', async () => {
    const { call, repository, knex } = await start();
    const refresh = () =>
      call('get', `/runbooks?entityRef=${ENTITY_REF}&refresh=true`);
    await refresh();
    expect((await refresh()).body.items).toHaveLength(2);
    expect(repository.reads).toHaveLength(1);
    await knex('runbook_folders').update({
      tried_at: knex.raw("tried_at - interval '11 seconds'"),
    });
    await refresh();
    expect(repository.reads).toHaveLength(2);
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

  it('keeps one refusal of each person, and none on alerts of others', async () => {
    const started = await start();
    const { call, deny } = started;
    const { alert } = await fire(started);
    deny('incidents.runbook.run');
    const press = async (entityRef: string) => {
      const { status } = await call('post', '/runs').send({
        entityRef,
        runbookPath: PATH,
        alertId: alert.id,
      });
      expect(status).toBe(403);
      const { body } = await call('get', `/alerts/${alert.id}`);
      return body.timeline.filter(
        ({ kind }: { kind: string }) => kind === 'step-denied',
      );
    };
    expect(await press('component:default/plain')).toEqual([]);
    expect(await press(ENTITY_REF)).toHaveLength(1);
    expect(await press(ENTITY_REF)).toHaveLength(1);
  });

  const routes: ['get' | 'post', string, object?][] = [
    ['get', `/alerts?entityRef=${ENTITY_REF}`],
    ['get', '/alerts/ALERT'],
    ['post', '/alerts/ALERT/acknowledge'],
    ['post', '/alerts/ALERT/resolve', { comment: 'Done' }],
    ['get', `/runbooks?entityRef=${ENTITY_REF}`],
    ['get', `/runbook?entityRef=${ENTITY_REF}&path=${PATH}`],
    ['get', `/runs?entityRef=${ENTITY_REF}`],
    ['get', '/runs/RUN'],
    ['post', '/runs', { entityRef: ENTITY_REF, runbookPath: PATH }],
    ['post', '/runs/RUN/steps/1/continue', {}],
    ['post', '/runs/RUN/cancel'],
  ];

  async function startWithRun() {
    const started = await start();
    const { alert } = await fire(started);
    const { id } = await startRun(started, { alertId: alert.id, fromStep: 1 });
    await waitFor(started, id, 'waiting');
    const callAll = async (credentials?: string) => {
      const statuses = [];
      for (const [method, path, body] of routes) {
        const response = await started
          .call(
            method,
            path.replace('ALERT', alert.id).replace('RUN', id),
            credentials,
          )
          .send(method === 'post' ? body : undefined);
        statuses.push(response.status);
      }
      return statuses;
    };
    return { ...started, alert, id, callAll };
  }

  it('answers 401 to who does not sign in, 404 to who may not see the entity, and 403 to who may only see', async () => {
    const started = await startWithRun();
    const { callAll, deny, deployments, call, catalog, id } = started;
    expect(await callAll(mockCredentials.none.header())).toEqual(
      routes.map(() => 401),
    );
    deny('incidents.alert.update', 'incidents.runbook.run');
    expect(await callAll()).toEqual([
      200, 200, 403, 403, 200, 200, 200, 200, 403, 403, 403,
    ]);
    deny('incidents.alert.read', 'incidents.runbook.read');
    expect(await callAll()).toEqual(routes.map(() => 404));
    deny();
    catalog.getEntitiesByRefs.mockResolvedValue({ items: [undefined] });
    expect(await callAll()).toEqual(routes.map(() => 404));
    expect(deployments.calls).toEqual([]);
    const { body } = await call(
      'get',
      `/runs/${id}`,
      mockCredentials.service.header(),
    );
    expect(body.state).toBe('waiting');
  });

  it('lets only people run runbooks, and only backends read summaries', async () => {
    const { call } = await start();
    const run = await call(
      'post',
      '/runs',
      mockCredentials.service.header(),
    ).send({ entityRef: ENTITY_REF, runbookPath: PATH });
    expect(run.status).toBe(403);
    expect((await call('get', '/summaries')).status).toBe(403);
  });

  it.each([
    ['get', '/alerts?entityRef=::'],
    ['get', '/alerts?state=broken'],
    ['get', '/alerts?limit=101'],
    ['get', '/alerts?cursor=nonsense'],
    ['get', '/alerts/1'],
    ['post', '/alerts/1/acknowledge'],
    ['get', '/runbooks'],
    ['get', `/runbook?entityRef=${ENTITY_REF}&path=/etc/passwd`],
    ['get', `/runs?entityRef=${ENTITY_REF}&cursor=bm9uc2Vuc2U`],
    ['get', '/runs'],
    ['post', '/runs'],
    ['post', '/runs/1/steps/x/continue'],
  ] as const)('answers 400 to %s %s', async (method, path) => {
    anyStarted ??= await start();
    expect((await anyStarted.call(method, path)).status).toBe(400);
  });

  it('says what is wrong with a start that makes no sense', async () => {
    const started = await start();
    const { call } = started;
    const { alert } = await fire(started);
    const post = async (more: object) => {
      const { status, body } = await call('post', '/runs').send({
        entityRef: ENTITY_REF,
        runbookPath: PATH,
        ...more,
      });
      return `${status} ${body.error.message}`;
    };
    expect(await post({ runbookPath: 'runbooks/none.md' })).toContain(
      "404 There is no runbook 'runbooks/none.md'",
    );
    expect(await post({ runbookHash: '0'.repeat(64) })).toContain(
      '409 Runbook',
    );
    expect(await post({ fromStep: 3 })).toContain('400 Runbook');
    expect(await post({ nonsense: 1 })).toContain('400');
    expect(
      await post({
        entityRef: 'component:default/plain',
        alertId: alert.id,
      }),
    ).toContain('400 Alert');
  });

  it('takes the end of an alert by hand with a comment, and audits who', async () => {
    const started = await start();
    const { call, auditor } = started;
    const { alert } = await fire(started);
    const path = `/alerts/${alert.id}`;
    expect((await call('post', `${path}/resolve`).send({})).status).toBe(400);
    const resolved = await call('post', `${path}/resolve`).send({
      comment: 'A test of ours',
    });
    expect(resolved.body).toMatchObject({
      state: 'resolved',
      firingAtSource: true,
      resolvedBy: 'user:default/mock',
    });
    expect(resolved.body.timeline.at(-1)).toMatchObject({
      kind: 'alert-resolved',
      who: 'user:default/mock',
      text: 'Resolved by hand (slo says that it still fires): A test of ours',
    });
    const again = await call('post', `${path}/acknowledge`);
    expect(again.status).toBe(409);
    expect(
      auditor.createEvent.mock.calls.map(([{ eventId }]) => eventId),
    ).toEqual(['alert-resolve', 'alert-acknowledge']);
  });

  it('lists what one of the owners has, page by page', async () => {
    const started = await start();
    const { slo, runJob, call } = started;
    for (const [index, name] of ['shop', 'plain', 'shop', 'gone'].entries()) {
      slo.add({ id: `a${index}`, entityRef: `component:default/${name}` });
    }
    await runJob('reconcile-slo-alerts');
    const list = async (query: string) => {
      const { body } = await call('get', `/alerts?${query}`);
      return body as { items: { entityRef: string }[]; nextCursor?: string };
    };
    const owned = await list('owner=group:default/platform&limit=2');
    const rest = await list(
      `owner=group:default/platform&limit=2&cursor=${owned.nextCursor}`,
    );
    expect(
      [...owned.items, ...rest.items].map(({ entityRef }) => entityRef).sort(),
    ).toEqual([
      'component:default/plain',
      'component:default/shop',
      'component:default/shop',
    ]);
    expect(rest.nextCursor).toBeUndefined();
    expect((await list('owner=group:default/others')).items).toEqual([]);
    // What is not in the catalog, or not for the caller's eyes, is left out.
    expect((await list('limit=100')).items).toHaveLength(3);
  });

  it('takes over an alert at once when an event names it', async () => {
    const { slo, events, call } = await start();
    slo.add({ id: 'alert-1', entityRef: ENTITY_REF });
    const [{ onEvent }] = events.subscribe.mock.calls[0];
    await onEvent({ topic: 'slo.alert', eventPayload: { id: 'alert-1' } });
    await onEvent({ topic: 'slo.alert', eventPayload: { nonsense: 1 } });
    const { body } = await call('get', `/alerts?entityRef=${ENTITY_REF}`);
    expect(body.items).toMatchObject([{ fingerprint: 'alert-1' }]);
  });

  it('sends a notification again that could not be sent', async () => {
    const started = await start();
    const { notifications, runJob, knex } = started;
    notifications.send.mockRejectedValueOnce(new Error('no mail today'));
    await fire(started);
    await runJob('announce-alerts');
    expect(notifications.send).toHaveBeenCalledTimes(1);
    await knex('alerts').update({ announce_due_at: knex.fn.now() });
    await runJob('announce-alerts');
    await knex('alerts')
      .whereNotNull('announce_due_at')
      .update({ announce_due_at: knex.fn.now() });
    await runJob('announce-alerts');
    expect(notifications.send).toHaveBeenCalledTimes(2);
  });

  it('feeds the portfolio with what changed since it asked', async () => {
    const started = await start();
    const { runJob, slo, call } = started;
    await fire(started);
    await runJob('announce-alerts');
    const feed = async (cursor = '') =>
      (
        await call(
          'get',
          `/summaries?cursor=${cursor}`,
          mockCredentials.service.header(),
        )
      ).body;
    const first = await feed();
    expect(first.items).toEqual([
      {
        entityRef: ENTITY_REF,
        firing: 1,
        highestSeverity: 'page',
        since: '2026-11-21T10:00:00.000Z',
      },
    ]);
    await runJob('refresh-alert-summaries');
    expect((await feed(first.cursor)).items).toEqual([]);
    slo.add({
      id: 'other',
      entityRef: 'component:default/plain',
      severity: 'ticket',
    });
    await runJob('reconcile-slo-alerts');
    await runJob('announce-alerts');
    expect((await feed(first.cursor)).items).toMatchObject([
      { entityRef: 'component:default/plain', highestSeverity: 'ticket' },
    ]);
  });
});
