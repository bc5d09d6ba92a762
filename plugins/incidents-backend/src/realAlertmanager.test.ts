import { TestDatabases } from '@backstage/backend-test-utils';
import type { Alert } from '@forkyard/plugin-incidents-common';
import {
  ALERTMANAGER_TOKEN,
  ENTITY_REF,
  startIncidents,
  until,
} from './__testUtils__/startIncidents';
import {
  findAlertmanager,
  TestAlertmanager,
} from './__testUtils__/TestAlertmanager';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const program = findAlertmanager();

(program ? describe : describe.skip)(
  `the webhook and the real Alertmanager${program ? '' : ' (skipped: neither prometheus-alertmanager nor alertmanager is on the PATH)'}`,
  () => {
    let alertmanager: TestAlertmanager | undefined;

    afterEach(() => alertmanager?.stop());

    it('tell of an alert when it begins and when it is over', async () => {
      const { call, url } = await startIncidents({
        knex: await databases.init('POSTGRES_18'),
      });
      alertmanager = await TestAlertmanager.start(program!, {
        url: `${url}/webhooks/alertmanager`,
        token: ALERTMANAGER_TOKEN,
      });
      const alert = {
        labels: {
          alertname: 'HighErrorRate',
          severity: 'critical',
          entity_ref: ENTITY_REF,
        },
        annotations: {
          summary: 'Requests fail',
          runbook: 'runbooks/high-error-rate.md',
        },
        startsAt: new Date().toISOString(),
        generatorURL: 'http://prometheus.example/graph',
      };
      const seen = (state: string) =>
        until(
          async () =>
            (await call('get', `/alerts?state=${state}`)).body.items as Alert[],
          ({ length }) => length > 0,
        );

      await alertmanager.post([alert]);
      const [firing] = await seen('firing');
      expect(firing).toMatchObject({
        entityRef: ENTITY_REF,
        source: 'alertmanager',
        title: 'HighErrorRate',
        summary: 'Requests fail',
        severity: 'page',
        runbook: 'runbooks/high-error-rate.md',
        startsAt: alert.startsAt,
        firingAtSource: true,
      });

      const endsAt = new Date().toISOString();
      await alertmanager.post([{ ...alert, endsAt }]);
      const resolved = await seen('resolved');
      expect(resolved).toMatchObject([
        { id: firing.id, endsAt, firingAtSource: false },
      ]);
    });

    it('do not meet when the token is another', async () => {
      const { call, url } = await startIncidents({
        knex: await databases.init('POSTGRES_18'),
      });
      alertmanager = await TestAlertmanager.start(program!, {
        url: `${url}/webhooks/alertmanager`,
        token: 'another-token-of-sixteen',
      });
      await alertmanager.post([{ labels: { alertname: 'HighErrorRate' } }]);
      const { url: own } = alertmanager;
      // Client errors are final for Alertmanager, which counts them.
      await until(
        async () => (await fetch(`${own}/metrics`)).text(),
        metrics =>
          /alertmanager_notifications_failed_total\{integration="webhook".*\} [1-9]/.test(
            metrics,
          ),
      );
      expect((await call('get', '/alerts')).body.items).toEqual([]);
    });
  },
);
