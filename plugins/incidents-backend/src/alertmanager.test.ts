import { TestDatabases } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  ALERTMANAGER_TOKEN,
  component,
  ENTITY_REF,
  startIncidents,
} from './__testUtils__/startIncidents';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

/** As Alertmanager 0.28 sends it, with a field that nobody knows yet. */
const alert = (more: object = {}) => ({
  status: 'firing',
  labels: {
    alertname: 'HighErrorRate',
    severity: 'critical',
    forkyard_entity: 'component:default/shop',
  },
  annotations: {
    summary: 'Requests fail',
    runbook_url:
      'https://github.com/acme/shop/blob/main/runbooks/high-error-rate.md',
  },
  startsAt: '2026-11-21T10:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.example/graph?g0.expr=up',
  fingerprint: '1b2c3d4e5f607182',
  newField: { a: 1 },
  ...more,
});

const group = (alerts: object[] = [alert()], more: object = {}) => ({
  version: '4',
  groupKey: '{}:{alertname="HighErrorRate"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'forkyard',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example',
  alerts,
  ...more,
});

async function start(config?: object) {
  const knex = await databases.init('POSTGRES_18');
  const started = await startIncidents({
    knex,
    config,
    entities: [component('other')],
  });
  const { call } = started;
  const deliver = (
    body: object | string,
    token: string = `Bearer ${ALERTMANAGER_TOKEN}`,
  ) =>
    call('post', '/webhooks/alertmanager', token)
      .set('content-type', 'application/json')
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  const list = async (query = '') =>
    (await call('get', `/alerts${query}`)).body.items;
  return { ...started, deliver, list };
}

describe('the webhook of Alertmanager', () => {
  /** One for the many cases that do not disturb each other. */
  let shared: Awaited<ReturnType<typeof start>>;
  let cases = 0;

  beforeAll(async () => {
    shared = await start();
    shared.deployments.projects = [
      { entityRef: ENTITY_REF, provider: 'vercel', projectId: 'prj_1' },
      {
        entityRef: 'component:default/other',
        provider: 'vercel',
        projectId: 'prj_2',
      },
    ];
  });

  /** Delivers one alert under a fingerprint of its own, and gives it. */
  const deliverOne = async (more: object) => {
    const fingerprint = `case-${cases++}`;
    await shared.deliver(group([alert({ ...more, fingerprint })]));
    const found = await shared.list('?limit=100');
    return found.find(
      (each: { fingerprint: string }) => each.fingerprint === fingerprint,
    );
  };

  it('makes alerts of entities, once whatever repeats', async () => {
    const { deliver, list, notifications, runJob } = await start();
    const first = await deliver(group());
    expect([first.status, first.body]).toEqual([202, { taken: 1, refused: 0 }]);
    await deliver(group([alert(), alert()]));
    expect(await list()).toEqual([
      expect.objectContaining({
        entityRef: ENTITY_REF,
        source: 'alertmanager',
        fingerprint: '1b2c3d4e5f607182',
        title: 'HighErrorRate',
        summary: 'Requests fail',
        severity: 'page',
        state: 'firing',
        startsAt: '2026-11-21T10:00:00.123Z',
        runbook: 'runbooks/high-error-rate.md',
        url: 'http://prometheus.example/graph?g0.expr=up',
      }),
    ]);
    await deliver(
      group([alert({ status: 'resolved', endsAt: '2026-11-21T10:09:00Z' })]),
    );
    expect(await list('?state=resolved')).toMatchObject([
      { endsAt: '2026-11-21T10:09:00.000Z' },
    ]);
    await runJob('announce-alerts');
    expect(notifications.send).toHaveBeenCalledTimes(2);
  });

  it.each([
    [{ forkyard_entity: 'shop' }, ENTITY_REF],
    [{ entity_ref: 'Component:default/Shop' }, ENTITY_REF],
    [{ project: 'shop-project' }, ENTITY_REF],
    [{ project: 'prj_1' }, ENTITY_REF],
    [{ project: 'claimed-project' }, undefined],
    [{ project: 'unknown, claimed-project ,prj_1' }, ENTITY_REF],
    [{ project: 'prj_1,prj_2' }, ENTITY_REF],
    [{ project: 'prj_2,prj_1' }, 'component:default/other'],
    [{ project: ' ,,' }, undefined],
    [{ project: 'a,b', service: 'plain' }, 'component:default/plain'],
    [{ service: 'plain' }, 'component:default/plain'],
    [{ project: 'unknown', service: 'plain' }, 'component:default/plain'],
    [{ forkyard_entity: 'gone', service: 'plain' }, undefined],
    [{ forkyard_entity: ':::' }, undefined],
    [{}, undefined],
  ])('finds the entity of labels such as %j', async (labels, entityRef) => {
    expect((await deliverOne({ labels })).entityRef).toBe(entityRef);
  });

  it('keeps an alert of no known entity, and shows it to who sees all', async () => {
    const { deliver, list, permissions, call } = await start();
    await deliver(group([alert({ labels: { service: 'nobodys' } })]));
    const [unassigned] = await list('?unassigned=true');
    expect(unassigned).toMatchObject({
      title: 'Alert',
      labels: { service: 'nobodys' },
      state: 'firing',
    });
    permissions.authorizeConditional.mockImplementation(async requests =>
      requests.map(() => ({ result: AuthorizeResult.DENY })),
    );
    expect(await list()).toEqual([]);
    const { status } = await call('get', `/alerts/${unassigned.id}`);
    expect(status).toBe(404);
  });

  it.each([
    ['critical', 'page'],
    ['page', 'page'],
    [undefined, 'page'],
    ['whatever', 'page'],
    ['warning', 'ticket'],
    ['Info', 'ticket'],
  ])('takes the severity %s for a %s', async (severity, expected) => {
    expect((await deliverOne({ labels: { severity } })).severity).toBe(
      expected,
    );
  });

  it.each([
    ['no token', ''],
    ['another token', 'Bearer another-token-of-that-length'],
    ['the beginning of it', `Bearer ${ALERTMANAGER_TOKEN.slice(0, -1)}`],
    ['another scheme', `Basic ${ALERTMANAGER_TOKEN}`],
  ])('refuses %s before it reads anything', async (_, token) => {
    const response = await shared.deliver('x'.repeat(2_000_000), token);
    expect(response.status).toBe(401);
  });

  it('takes nothing when no token is configured', async () => {
    const { deliver } = await start({ incidents: {} });
    const response = await deliver(group());
    expect(response.status).toBe(404);
    expect(response.body.error.message).toContain(
      'incidents.alertmanager.token',
    );
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"version":"4"'],
    ['no object', '[]'],
    ['another version', group([alert()], { version: '3' })],
    ['no alerts', group([])],
    ['alerts that make no sense', group([alert({ startsAt: 'soon' })])],
    ['a state that nobody knows', group([alert({ status: 'perhaps' })])],
    [
      'a time that no calendar has',
      group([alert({ startsAt: '0001-01-01T00:00:00Z' })]),
    ],
  ])('answers 400 to %s', async (_, body) => {
    const before = await shared.list('?limit=100');
    const response = await shared.deliver(body);
    expect(response.status).toBe(400);
    expect(await shared.list('?limit=100')).toEqual(before);
  });

  it('answers 413 to a body over 1 MB', async () => {
    const response = await shared.deliver(
      group([alert({ annotations: { summary: 'x'.repeat(1_100_000) } })]),
    );
    expect(response.status).toBe(413);
  });

  it('takes the alerts that make sense beside one that does not', async () => {
    const { deliver, list } = await start();
    const response = await deliver(
      group([
        alert({ startsAt: undefined }),
        'nonsense' as never,
        alert({ fingerprint: undefined }),
        alert({
          fingerprint: 'hostile',
          labels: { alertname: `a\0${'b'.repeat(5000)}` },
          annotations: { summary: '\0<script>', runbook_url: '../../etc' },
          generatorURL: 'data:text/html,hello',
        }),
      ]),
    );
    expect(response.body).toEqual({ taken: 2, refused: 2 });
    const found = await list();
    const hostile = found.find(
      ({ fingerprint }: { fingerprint: string }) => fingerprint === 'hostile',
    );
    expect(hostile.title).toHaveLength(200);
    expect(hostile.summary).toBe('<script>');
    expect(hostile.url).toBeUndefined();
    expect(hostile.runbook).toBeUndefined();
  });

  it('cuts no character in half, which the database would refuse', async () => {
    const found = await deliverOne({
      labels: { alertname: 'Cut', note: `${'x'.repeat(1999)}\u{1f525}` },
    });
    expect(found.labels.note).toBe(`${'x'.repeat(1999)}\ufffd`);
  });

  it('gives a project to nobody while only a part of the owners is known', async () => {
    const { deliver, list, deployments } = await start();
    deployments.projects = [
      { entityRef: ENTITY_REF, provider: 'vercel', projectId: 'prj_1' },
    ];
    deployments.nextPageFailure = new Error('down');
    await deliver(group([alert({ labels: { project: 'prj_1' } })]));
    const [found] = await list();
    expect(found.labels).toEqual({ project: 'prj_1' });
    expect(found.entityRef).toBeUndefined();
    deployments.nextPageFailure = undefined;
    await deliver(group([alert({ labels: { project: 'prj_1' } })]));
    expect((await list())[0].entityRef).toBe(ENTITY_REF);
  });

  it('answers 503, so that it is sent again, when the catalog cannot be asked', async () => {
    const { deliver, list, catalog } = await start();
    catalog.getEntitiesByRefs.mockRejectedValueOnce(new Error('down'));
    expect((await deliver(group())).status).toBe(503);
    expect((await deliver(group())).status).toBe(202);
    expect(await list()).toHaveLength(1);
  });
});
