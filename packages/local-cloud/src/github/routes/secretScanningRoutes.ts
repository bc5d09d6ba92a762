import { Request } from 'express';
import { z } from 'zod';
import { ApiError } from '../../http';
import { validationFailed } from '../services';
import { toSecretLocation, toSecretScanningAlert } from '../shapes';
import { Repository, SecretScanningAlertBody, SecurityAlert } from '../store';
import {
  alertOf,
  alertRepositoryOf,
  decideAlert,
  readList,
  sortAlerts,
} from './alertRequests';
import { pageOf, parseBody, RouteGroup } from './RouteContext';

const resolutions = [
  'false_positive',
  'wont_fix',
  'revoked',
  'used_in_tests',
] as const;

type Alert = SecurityAlert<SecretScanningAlertBody>;

const decisionSchema = z.object({
  state: z.enum(['open', 'resolved']),
  resolution: z.enum(resolutions).nullish(),
  resolution_comment: z.string().nullish(),
});

/** Leaves the alerts that a request's filters let pass. */
function selectAlerts(request: Request, alerts: Alert[]): Alert[] {
  const states = readList(request, 'state', ['open', 'resolved']);
  const types = readList(request, 'secret_type');
  const wanted = readList(request, 'resolution', resolutions);
  return alerts.filter(
    ({ state, closure, body }) =>
      (!states || states.includes(state === 'closed' ? 'resolved' : 'open')) &&
      (!types || types.includes(body.secretType)) &&
      (!wanted || wanted.includes(closure?.reason ?? '')),
  );
}

/** Serves secrets that were found in pushed commits, with the secrets themselves. */
export const secretScanningRoutes: RouteGroup = (router, context) => {
  const { baseUrl, store } = context;
  const { accounts, secretScanningAlerts } = store;
  const path = '/repos/:owner/:repo/secret-scanning/alerts';
  const describe = (repository: Repository, alert: Alert) =>
    toSecretScanningAlert({
      baseUrl: baseUrl(),
      repository,
      alert,
      findAccount: login => accounts.find(login),
    });
  router.get(path, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const found = selectAlerts(
      request,
      secretScanningAlerts.list(repository.id),
    );
    const page = pageOf(context, request, response, sortAlerts(request, found));
    const isHidden = request.query.hide_secret === 'true';
    response.json(
      page.map(alert => {
        const { secret, ...rest } = describe(repository, alert);
        return isHidden ? rest : { ...rest, secret };
      }),
    );
  });
  router.get(`${path}/:number`, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const alert = alertOf(secretScanningAlerts, repository, request);
    response.json(describe(repository, alert));
  });
  router.get(`${path}/:number/locations`, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const { body } = alertOf(secretScanningAlerts, repository, request);
    response.json(
      pageOf(context, request, response, body.locations).map(location =>
        toSecretLocation(baseUrl(), repository, location),
      ),
    );
  });
  router.patch(`${path}/:number`, (request, response) => {
    const body = parseBody(decisionSchema, request.body, 'Alert');
    const close = body.state === 'resolved';
    if (close !== Boolean(body.resolution)) {
      throw validationFailed([], 'State does not match the resolution');
    }
    if (!close && body.resolution_comment) {
      throw new ApiError(400, 'An open alert has no resolution comment');
    }
    const { repository, login, alert, changed } = decideAlert(
      context,
      request,
      response,
      {
        store: secretScanningAlerts,
        close,
        reason: body.resolution ?? undefined,
        comment: body.resolution_comment ?? undefined,
      },
    );
    if (changed) {
      context.security.secretScanning.announce({
        action: close ? 'resolved' : 'reopened',
        repository,
        alert,
        login,
      });
    }
    response.json(describe(repository, alert));
  });
};
