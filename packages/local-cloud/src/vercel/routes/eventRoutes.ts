import type express from 'express';
import { z } from 'zod';
import { parseRequest } from '../errors';
import type { BuildEvent, Deployment } from '../model';
import type { VercelContext } from '../VercelContext';
import { getDeployment } from './requests';

const querySchema = z.object({
  follow: z.string().optional(),
  limit: z.coerce.number().int().optional(),
  since: z.coerce.number().optional(),
  until: z.coerce.number().optional(),
  direction: z.enum(['forward', 'backward']).optional(),
});

const runningStates = ['QUEUED', 'BUILDING'];

/** Build logs and runtime logs, whole or followed. */
export function eventRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { logs, deployments } = context.stores;

  router.get(
    /^\/v(?:2|3)\/deployments\/([^/]+)\/events$/,
    (request, response) => {
      const deployment = getDeployment(context, request.params[0]);
      const query = parseRequest(querySchema, request.query);
      if (query.follow === '1') {
        const { since } = query;
        followLines(response, {
          read: after =>
            logs
              .listBuildEvents(deployment.id, { after, since })
              .map(event => ({
                position: event.sequence,
                value: describeEvent(deployment, event),
              })),
          isOver: () => {
            const state = deployments.find(deployment.id)?.state;
            return state === undefined || !runningStates.includes(state);
          },
          follow: listener => logs.follow(deployment.id, 'build', listener),
        });
        return;
      }
      const events = logs
        .listBuildEvents(deployment.id, {
          since: query.since,
          until: query.until,
          limit: query.limit && query.limit > 0 ? query.limit : undefined,
        })
        .map(event => describeEvent(deployment, event));
      response.json(query.direction === 'backward' ? events.reverse() : events);
    },
  );

  router.get(
    '/v1/projects/:projectId/deployments/:deploymentId/runtime-logs',
    (request, response) => {
      const deployment = getDeployment(context, request.params.deploymentId);
      followLines(response, {
        read: after =>
          logs.listRuntimeLines(deployment.id, { after }).map(line => ({
            position: line.id,
            value: {
              level: line.stream === 'stdout' ? 'info' : 'error',
              message: line.text,
              rowId: String(line.id),
              source: 'serverless',
              timestampInMs: line.createdAt,
              domain: context.presenter.deploymentUrl(deployment),
              messageTruncated: false,
              requestMethod: '',
              requestPath: '',
              responseStatusCode: 0,
            },
          })),
        isOver: () => deployments.find(deployment.id) === undefined,
        follow: listener => logs.follow(deployment.id, 'runtime', listener),
      });
    },
  );
}

/** Sends JSON lines as they come, until it is over or the reader leaves. */
function followLines(
  response: express.Response,
  source: {
    read(after: number): { position: number; value: object }[];
    isOver(): boolean;
    follow(listener: () => void): () => void;
  },
): void {
  response.setHeader('content-type', 'application/stream+json');
  response.setHeader('cache-control', 'no-store');
  response.flushHeaders();
  let position = 0;
  let unfollow = () => {};
  const send = () => {
    // Asked first: what is written between the two questions is then read.
    const over = source.isOver();
    for (const line of source.read(position)) {
      ({ position } = line);
      response.write(`${JSON.stringify(line.value)}\n`);
    }
    if (over) {
      unfollow();
      response.end();
    }
  };
  unfollow = source.follow(send);
  response.on('close', unfollow);
  send();
}

function describeEvent(deployment: Deployment, event: BuildEvent) {
  const { sequence, createdAt, type, text } = event;
  return {
    created: createdAt,
    date: createdAt,
    deploymentId: deployment.id,
    id: `${createdAt}${String(sequence).padStart(6, '0')}`,
    serial: String(sequence).padStart(6, '0'),
    type,
    text: type === 'deployment-state' ? '' : text,
    ...((type === 'stderr' || type === 'fatal') && {
      level: type === 'fatal' ? 'error' : 'warning',
    }),
    info: {
      type: 'build',
      name: 'bld_local',
      entrypoint: '.',
      ...(type === 'deployment-state' && { readyState: text }),
    },
  };
}
