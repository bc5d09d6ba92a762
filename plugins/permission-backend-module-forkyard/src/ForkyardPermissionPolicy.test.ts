import { mockCredentials } from '@backstage/backend-test-utils';
import {
  catalogEntityCreatePermission,
  catalogEntityDeletePermission,
  catalogEntityReadPermission,
  catalogEntityRefreshPermission,
  catalogLocationCreatePermission,
  catalogLocationDeletePermission,
  catalogLocationReadPermission,
} from '@backstage/plugin-catalog-common/alpha';
import {
  AuthorizeResult,
  createPermission,
  type Permission,
} from '@backstage/plugin-permission-common';
import {
  taskCancelPermission,
  taskCreatePermission,
  taskReadPermission,
  templateManagementPermission,
  templateParameterReadPermission,
} from '@backstage/plugin-scaffolder-common/alpha';
import {
  catalogConditions,
  createCatalogConditionalDecision,
} from '@backstage/plugin-catalog-backend/alpha';
import {
  deploymentCreatePermission,
  deploymentLogReadPermission,
  deploymentPromotePermission,
  deploymentReadPermission,
} from '@forkyard/plugin-deployments-common';
import {
  forkCreatePermission,
  forkDeletePermission,
  forkReadPermission,
  forkUpdatePermission,
} from '@forkyard/plugin-forks-common';
import type { PolicyConfig } from './config';
import { ForkyardPermissionPolicy } from './ForkyardPermissionPolicy';

const read = { attributes: { action: 'read' } } as const;

/** Permissions of the catalog's entities, by the names that the plugins give. */
const entityPermission = (name: string) =>
  createPermission({ name, ...read, resourceType: 'catalog-entity' });

const CLAIMS = ['user:default/ana', 'group:default/shop'];

function decide(
  permission: Permission,
  options: {
    config?: PolicyConfig;
    user?: string;
    groups?: string[];
  } = {},
) {
  const { config = { admins: [] }, user = 'user:default/ana' } = options;
  const { groups = ['group:default/shop'] } = options;
  return new ForkyardPermissionPolicy(config).handle(
    { permission },
    {
      credentials: mockCredentials.user(user),
      info: { userEntityRef: user, ownershipEntityRefs: [user, ...groups] },
    },
  );
}

const everything = [
  catalogEntityCreatePermission,
  catalogEntityDeletePermission,
  catalogEntityReadPermission,
  catalogEntityRefreshPermission,
  catalogLocationCreatePermission,
  catalogLocationDeletePermission,
  catalogLocationReadPermission,
  taskCancelPermission,
  taskCreatePermission,
  taskReadPermission,
  templateManagementPermission,
  templateParameterReadPermission,
  deploymentCreatePermission,
  deploymentLogReadPermission,
  deploymentPromotePermission,
  deploymentReadPermission,
  forkCreatePermission,
  forkDeletePermission,
  forkReadPermission,
  forkUpdatePermission,
];

const named = (permissions: Permission[]) =>
  permissions.map(permission => [permission.name, permission] as const);

describe('ForkyardPermissionPolicy', () => {
  it.each(named(everything))(
    'denies %s to who has not signed in',
    async (_, permission) => {
      const policy = new ForkyardPermissionPolicy({
        admins: ['user:default/ana'],
        almightyGuest: 'user:default/guest',
      });
      expect(await policy.handle({ permission })).toEqual({
        result: AuthorizeResult.DENY,
      });
    },
  );

  it.each(
    named([
      catalogEntityReadPermission,
      catalogLocationReadPermission,
      taskCreatePermission,
      templateParameterReadPermission,
      deploymentReadPermission,
      forkCreatePermission,
      forkReadPermission,
      ...[
        'cost.charge.read',
        'incidents.alert.read',
        'incidents.runbook.read',
        'slo.slo.read',
      ].map(entityPermission),
    ]),
  )('allows %s to everybody who has', async (_, permission) => {
    expect(await decide(permission)).toEqual({
      result: AuthorizeResult.ALLOW,
    });
  });

  it.each(
    named([
      catalogEntityCreatePermission,
      catalogLocationCreatePermission,
      catalogLocationDeletePermission,
      templateManagementPermission,
      createPermission({
        name: 'costs.charge.read',
        attributes: { action: 'read' },
      }),
      createPermission({ name: 'catalog.everything', attributes: {} }),
    ]),
  )('denies %s to everybody but administrators', async (_, permission) => {
    expect(await decide(permission)).toEqual({ result: AuthorizeResult.DENY });
    expect(
      await decide(permission, { config: { admins: ['group:default/shop'] } }),
    ).toEqual({ result: AuthorizeResult.ALLOW });
  });

  it.each([
    ['delete', catalogEntityDeletePermission],
    ['refresh', catalogEntityRefreshPermission],
    ['redeploy', deploymentCreatePermission],
    ['read the build log of', deploymentLogReadPermission],
    ['promote', deploymentPromotePermission],
    ['steer rollouts of', entityPermission('deployments.rollout.update')],
    ['approve rollouts of', entityPermission('deployments.rollout.approve')],
    ['break the glass of', entityPermission('deployments.gate.override')],
    ['update alerts of', entityPermission('incidents.alert.update')],
    ['run runbooks of', entityPermission('incidents.runbook.run')],
    ['read findings of', entityPermission('security-findings.finding.read')],
    ['waive findings of', entityPermission('security-findings.finding.waive')],
    ['report findings of', entityPermission('security-findings.report.upload')],
  ] as const)(
    'lets owners %s what is theirs, by the rule that the catalog has',
    async (_, permission) => {
      expect(await decide(permission)).toEqual(
        createCatalogConditionalDecision(
          permission,
          catalogConditions.isEntityOwner({ claims: CLAIMS }),
        ),
      );
    },
  );

  it.each(named([forkDeletePermission, forkUpdatePermission]))(
    'leaves %s to the owners of the fork',
    async (_, permission) => {
      expect(await decide(permission)).toEqual({
        result: AuthorizeResult.CONDITIONAL,
        pluginId: 'forks',
        resourceType: 'forks-fork',
        conditions: {
          rule: 'IS_FORK_OWNER',
          resourceType: 'forks-fork',
          params: { claims: CLAIMS },
        },
      });
    },
  );

  it.each(named([taskCancelPermission, taskReadPermission]))(
    'leaves %s to who began the task',
    async (_, permission) => {
      expect(await decide(permission)).toEqual({
        result: AuthorizeResult.CONDITIONAL,
        pluginId: 'scaffolder',
        resourceType: 'scaffolder-task',
        conditions: {
          rule: 'IS_TASK_OWNER',
          resourceType: 'scaffolder-task',
          params: { createdBy: ['user:default/ana'] },
        },
      });
    },
  );

  it('lets only that guest do everything who is named, and only when it is', async () => {
    const guest = { user: 'user:default/guest', groups: [] };
    const config = { admins: [], almightyGuest: 'user:default/guest' };
    expect(await decide(catalogLocationDeletePermission, guest)).toEqual({
      result: AuthorizeResult.DENY,
    });
    expect(
      await decide(catalogLocationDeletePermission, { ...guest, config }),
    ).toEqual({ result: AuthorizeResult.ALLOW });
    expect(await decide(catalogLocationDeletePermission, { config })).toEqual({
      result: AuthorizeResult.DENY,
    });
  });
});
