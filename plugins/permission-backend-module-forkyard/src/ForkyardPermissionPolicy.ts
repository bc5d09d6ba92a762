import type {
  Permission,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import type { PolicyConfig } from './config';
import {
  ALLOW,
  allowEntityOwners,
  allowForkOwners,
  allowTaskCreator,
  DENY,
} from './decisions';

/** What everybody who signed in may do. */
const FOR_EVERYBODY = new Set([
  'cost.charge.read',
  'deployments.deployment.read',
  'forks.fork.create',
  'forks.fork.read',
  'incidents.alert.read',
  'incidents.runbook.read',
  'scaffolder.action.execute',
  'scaffolder.task.create',
  'slo.slo.read',
]);

/**
 * What the owners of a catalog entity may do with it. Findings are among it:
 * they say where something can be broken.
 */
const FOR_ENTITY_OWNERS = new Set([
  'catalog.entity.delete',
  'catalog.entity.refresh',
  'deployments.deployment.create',
  'deployments.deployment.promote',
  'deployments.gate.override',
  'deployments.log.read',
  'deployments.rollout.approve',
  'deployments.rollout.update',
  'incidents.alert.update',
  'incidents.runbook.run',
  'security-findings.finding.read',
  'security-findings.finding.waive',
  'security-findings.report.upload',
]);

/** What the owners of a fork may do with it. */
const FOR_FORK_OWNERS = new Set(['forks.fork.delete', 'forks.fork.update']);

/**
 * What a task's creator may do with it. Reading is among it, because a task
 * holds everything that was filled in, plain variables included.
 */
const FOR_TASK_CREATORS = new Set([
  'scaffolder.task.cancel',
  'scaffolder.task.read',
]);

/** Plugins of Backstage of which everybody may read everything else. */
const READABLE = /^(catalog|scaffolder)\./;

/**
 * Decides who may do what in the portal.
 *
 * Everybody who signed in reads, and creates forks; owners act on their own and
 * read its build logs; a task is for who began it; administrators do everything.
 * What is not named here is refused, so that the permissions of a new plugin
 * begin closed.
 */
export class ForkyardPermissionPolicy implements PermissionPolicy {
  constructor(private readonly config: PolicyConfig) {}

  async handle(
    { permission }: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    if (!user) return DENY;
    const { userEntityRef, ownershipEntityRefs } = user.info;
    if (this.#mayDoEverything(user)) return ALLOW;

    const { name } = permission;
    if (FOR_TASK_CREATORS.has(name)) return allowTaskCreator(userEntityRef);
    if (FOR_EVERYBODY.has(name) || isReadable(permission)) return ALLOW;
    if (FOR_ENTITY_OWNERS.has(name)) {
      return allowEntityOwners(ownershipEntityRefs);
    }
    if (FOR_FORK_OWNERS.has(name)) return allowForkOwners(ownershipEntityRefs);
    return DENY;
  }

  #mayDoEverything({ info }: PolicyQueryUser): boolean {
    const { admins, almightyGuest } = this.config;
    return (
      info.userEntityRef === almightyGuest ||
      [info.userEntityRef, ...info.ownershipEntityRefs].some(ref =>
        admins.includes(ref),
      )
    );
  }
}

function isReadable({ name, attributes }: Permission): boolean {
  return attributes.action === 'read' && READABLE.test(name);
}
