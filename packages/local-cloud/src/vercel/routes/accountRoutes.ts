import type express from 'express';
import { getCaller } from '../../http';
import { notFound } from '../errors';
import { TEAM } from '../model';
import type { VercelContext } from '../VercelContext';
import { describePage, parsePage } from './requests';

/** When the team was made; there is no such moment here. */
const CREATED_AT = Date.UTC(2026, 0, 1);

/** The user and the one team, with its limits. */
export function accountRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  router.get('/v2/user', (_request, response) => {
    const { login } = getCaller(response);
    response.json({
      user: {
        id: login,
        username: login,
        name: login,
        email: `${login}@localhost`,
        avatar: null,
        billing: null,
        createdAt: CREATED_AT,
        defaultTeamId: TEAM.id,
        hasTrialAvailable: false,
        resourceConfig: {},
        softBlock: null,
        stagingPrefix: login,
      },
    });
  });

  router.get('/v2/teams', (request, response) => {
    const page = parsePage(request.query);
    const teams = [describeTeam(context)];
    response.json({
      teams,
      pagination: {
        ...describePage(teams, page, team => team.createdAt),
        next: null,
      },
    });
  });

  router.get('/v2/teams/:teamId', (request, response) => {
    const { teamId } = request.params;
    if (teamId !== TEAM.id && teamId !== TEAM.slug) {
      throw notFound('Team not found.');
    }
    response.json(describeTeam(context));
  });
}

function describeTeam({ limits, stores }: VercelContext) {
  return {
    ...TEAM,
    avatar: null,
    billing: null,
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    creatorId: 'forkyard',
    description: null,
    stagingPrefix: TEAM.slug,
    resourceConfig: { concurrentBuilds: 2 },
    membership: {
      confirmed: true,
      confirmedAt: CREATED_AT,
      createdAt: CREATED_AT,
      role: 'OWNER',
      teamRoles: ['OWNER'],
      teamId: TEAM.id,
      uid: 'forkyard',
    },
    // Not in the API's schema, which lets further members through.
    limits: { ...limits, projectsUsed: stores.projects.count() },
  };
}
