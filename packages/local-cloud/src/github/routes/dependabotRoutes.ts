import { Request } from 'express';
import { z } from 'zod';
import { validationFailed } from '../services';
import { advisorySeverity, toDependabotAlert } from '../shapes';
import { DependabotAlertBody, Repository, SecurityAlert } from '../store';
import {
  alertOf,
  alertRepositoryOf,
  decideAlert,
  isDescending,
  readList,
} from './alertRequests';
import { cursorPageOf } from './cursorPages';
import { parseBody, RouteGroup } from './RouteContext';

type Alert = SecurityAlert<DependabotAlertBody>;

const decisionSchema = z.object({
  state: z.enum(['dismissed', 'open']),
  dismissed_reason: z
    .enum([
      'fix_started',
      'inaccurate',
      'no_bandwidth',
      'not_used',
      'tolerable_risk',
    ])
    .optional(),
  dismissed_comment: z.string().max(280).optional(),
});

const states = ['auto_dismissed', 'dismissed', 'fixed', 'open'];

const severities = ['low', 'medium', 'high', 'critical'];

/** Leaves the alerts that a request's filters let pass. */
function selectAlerts(request: Request, alerts: Alert[]): Alert[] {
  const wanted = {
    state: readList(request, 'state', states),
    severity: readList(request, 'severity', severities),
    ecosystem: readList(request, 'ecosystem'),
    package: readList(request, 'package'),
    manifest: readList(request, 'manifest'),
    scope: readList(request, 'scope', ['development', 'runtime']),
  };
  return alerts.filter(alert => {
    const { body } = alert;
    const has = (list: string[] | undefined, value: string) =>
      !list || list.includes(value);
    const state = alert.state === 'closed' ? 'dismissed' : alert.state;
    return (
      has(wanted.state, state) &&
      has(wanted.severity, advisorySeverity(body.advisory)) &&
      has(wanted.ecosystem, 'npm') &&
      has(wanted.package, body.packageName) &&
      has(wanted.manifest, body.manifestPath) &&
      has(wanted.scope, body.scope)
    );
  });
}

/** Serves vulnerable dependencies of the default branch. */
export const dependabotRoutes: RouteGroup = (router, context) => {
  const { baseUrl, store } = context;
  const { accounts, dependabotAlerts } = store;
  const path = '/repos/:owner/:repo/dependabot/alerts';
  const describe = (repository: Repository, alert: Alert) =>
    toDependabotAlert({
      baseUrl: baseUrl(),
      repository,
      alert,
      findAccount: login => accounts.find(login),
    });
  router.get(path, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    if (request.query.page !== undefined) {
      throw validationFailed(
        [],
        "Pagination using the 'page' parameter is not supported",
      );
    }
    const items = selectAlerts(request, dependabotAlerts.list(repository.id));
    const sort = request.query.sort === 'updated' ? 'updatedAt' : 'createdAt';
    const page = cursorPageOf(context, request, response, {
      items,
      keyOf: alert => [alert[sort], alert.number],
      descending: isDescending(request),
    });
    response.json(page.map(alert => describe(repository, alert)));
  });
  router.get(`${path}/:number`, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const alert = alertOf(dependabotAlerts, repository, request);
    response.json(describe(repository, alert));
  });
  router.patch(`${path}/:number`, (request, response) => {
    const body = parseBody(decisionSchema, request.body, 'Alert');
    const close = body.state === 'dismissed';
    if (close && !body.dismissed_reason) {
      throw validationFailed(
        [],
        'dismissed_reason is required when the state is dismissed',
      );
    }
    const { repository, login, alert, changed } = decideAlert(
      context,
      request,
      response,
      {
        store: dependabotAlerts,
        close,
        reason: body.dismissed_reason,
        comment: body.dismissed_comment,
        reopenedState: ({ fixedAt }) => (fixedAt ? 'fixed' : 'open'),
      },
    );
    if (changed) {
      context.security.dependabot.announce({
        action: close ? 'dismissed' : 'reopened',
        repository,
        alert,
        login,
      });
    }
    response.json(describe(repository, alert));
  });
};
