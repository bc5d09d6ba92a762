import type { AuthService } from '@backstage/backend-plugin-api';
import {
  parseEntityRef,
  RELATION_MEMBER_OF,
  RELATION_OWNED_BY,
  stringifyEntityRef,
  type Entity,
  type UserEntity,
} from '@backstage/catalog-model';
import { NotAllowedError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { DeploymentsStore } from '../../database/DeploymentsStore';
import type { HeldApproval } from '../../database/gates/ApprovalsStore';
import type { RolloutStore } from '../../database/rollouts/RolloutStore';
import type { GithubConnector } from '../../sources/GithubConnector';
import type {
  CommitPerson,
  GithubPeopleSource,
} from '../../sources/GithubPeopleSource';
import { isUserRef } from './GateNotifier';

const LOGIN_ANNOTATION = 'github.com/user-login';

/** Address that GitHub gives accounts which hide theirs; the number is optional. */
const HIDDEN_EMAIL = /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/;

/** The catalog is asked by a URL, and servers refuse long ones. */
const KEYS_AT_ONCE = 20;
/** As long as an e-mail address may be. */
const LONGEST_KEY = 260;

/**
 * Makes sure that who approves is a second person: neither who asked for the
 * rollout nor who wrote its commit or any since the version that serves, nor who
 * had it deployed by pushing it, which the platform knows and no commit can
 * claim, under whatever name.
 *
 * Where nobody tells which commits those are, only an owner of the entity may
 * approve, who at least answers for it.
 *
 * People are compared by everything they are known by: entity, e-mail address,
 * GitHub login, name. Two of the same name are taken for one; who is not in the
 * catalog cannot be told apart from the author and may not approve. That errs
 * on the side of asking a third person.
 */
export class FourEyes {
  constructor(
    private readonly options: {
      catalog: CatalogService;
      auth: AuthService;
      github: GithubConnector;
      people: GithubPeopleSource;
      deployments: Pick<DeploymentsStore, 'listById' | 'listPushers'>;
      rollouts: Pick<RolloutStore, 'get'>;
    },
  ) {}

  /**
   * Throws `NotAllowedError` with the reason. Gives what is to be known of how
   * it was judged, when something is.
   */
  async assertSecondPerson({
    approver,
    approval,
  }: {
    approver: string;
    approval: HeldApproval;
  }): Promise<string | undefined> {
    const { rolloutId, requestedBy } = approval;
    const [user] = await this.#findUsers([
      { kind: 'User', ...nameOf(approver) },
    ]);
    if (!user) {
      throw new NotAllowedError(
        `You may not approve rollout '${rolloutId}': '${approver}' is not in the catalog, so that you cannot be told apart from its author. Ask somebody else.`,
      );
    }
    const own = new Set(keysOfUser(user));
    const isOwn = (keys: string[]) => keys.some(key => own.has(key));
    if (isOwn(await this.#expand(keysOfText(requestedBy)))) {
      throw new NotAllowedError(
        `You may not approve rollout '${rolloutId}': you asked for it, as '${requestedBy}'. Ask a second person.`,
      );
    }
    if (isOwn(await this.#expand(await this.#listAuthorKeys(approval)))) {
      throw new NotAllowedError(
        `You may not approve rollout '${rolloutId}': you wrote its commit${approval.commit ? ` ${approval.commit.sha.slice(0, 7)}` : ''}. Ask a second person.`,
      );
    }
    if (isOwn(await this.#expand(await this.#listCreatorKeys(approval)))) {
      throw new NotAllowedError(
        `You may not approve rollout '${rolloutId}': its deployment was created by you, or its commit was pushed by you. Ask a second person.`,
      );
    }
    const range = await this.#listRangeKeys(approval);
    if (Array.isArray(range)) {
      if (!isOwn(await this.#expand(range))) return undefined;
      throw new NotAllowedError(
        `You may not approve rollout '${rolloutId}': you wrote a commit that it brings, since the version that serves. Ask a second person.`,
      );
    }
    const problem = `Who wrote the commits since the version that serves is not known: ${range.unreadable}.`;
    if (!(await this.#isOwner(user, approval.entityRef))) {
      throw new NotAllowedError(
        `You may not approve rollout '${rolloutId}'. ${problem} Only an owner of '${approval.entityRef}' may approve it then.`,
      );
    }
    return `${problem} An owner approved it.`;
  }

  async #listRangeKeys({
    rolloutId,
    commit,
  }: HeldApproval): Promise<string[] | { unreadable: string }> {
    const { github, people, rollouts } = this.options;
    const { stableCommit, stableDeploymentId } = await rollouts.get(rolloutId);
    const head = github.locate(commit);
    const base = github.locate(stableCommit);
    if (!stableDeploymentId) return { unreadable: 'nothing serves yet' };
    if (!head || !base) {
      return {
        unreadable: `the platform names no commit at GitHub of the ${head ? 'version that serves' : 'new version'}`,
      };
    }
    const written = await people.listPeopleSince(base, head);
    return Array.isArray(written) ? written.flatMap(keysOfPerson) : written;
  }

  /** Whether the user, or a group of theirs, owns the entity. */
  async #isOwner(user: UserEntity, entityRef: string): Promise<boolean> {
    const { catalog, auth } = this.options;
    const entity = await catalog.getEntityByRef(entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    const own = [
      stringifyEntityRef(user),
      ...listRelated(user, RELATION_MEMBER_OF),
    ];
    return (
      entity !== undefined &&
      listRelated(entity, RELATION_OWNED_BY).some(ref => own.includes(ref))
    );
  }

  /** A version that was built anew has the portal for its creator. */
  async #listCreatorKeys(approval: HeldApproval): Promise<string[]> {
    const { deployments, rollouts } = this.options;
    const { rolloutId, entityRef, commit } = approval;
    const { deploymentId } = await rollouts.get(rolloutId);
    const held = await deployments.listById(deploymentId);
    const pushers = commit
      ? await deployments.listPushers({ entityRef, commitSha: commit.sha })
      : [];
    return [
      ...held.flatMap(({ creator }) => creator ?? []),
      ...pushers,
    ].flatMap(keysOfText);
  }

  async #listAuthorKeys({ commit }: HeldApproval): Promise<string[]> {
    const { github, people } = this.options;
    const place = github.locate(commit);
    const written = place ? await people.listPeople(place) : [];
    return [
      ...(commit?.author ? keysOfText(commit.author) : []),
      ...written.flatMap(keysOfPerson),
    ];
  }

  /** Adds what the catalog knows of the users who have one of the keys. */
  async #expand(keys: string[]): Promise<string[]> {
    const all = [...new Set(keys)];
    const askable = all.filter(isAskable);
    const users: UserEntity[] = [];
    for (let from = 0; from < askable.length; from += KEYS_AT_ONCE) {
      const some = askable.slice(from, from + KEYS_AT_ONCE);
      users.push(...(await this.#findUsers(filterOf(some))));
    }
    return [...all, ...users.flatMap(keysOfUser)];
  }

  async #findUsers(
    filter: Record<string, string | string[]>[],
  ): Promise<UserEntity[]> {
    if (filter.length === 0) return [];
    const { catalog, auth } = this.options;
    const { items } = await catalog.getEntities(
      { filter },
      { credentials: await auth.getOwnServiceCredentials() },
    );
    return items as UserEntity[];
  }
}

function listRelated({ relations = [] }: Entity, type: string): string[] {
  return relations
    .filter(relation => relation.type === type)
    .map(({ targetRef }) => stringifyEntityRef(parseEntityRef(targetRef)));
}

/** Authors choose their addresses, which must not become filters of their own. */
function isAskable(key: string): boolean {
  return key.length <= LONGEST_KEY && !key.includes(',');
}

/** Asks for the users who have one of the keys. */
function filterOf(keys: string[]): Record<string, string | string[]>[] {
  const valuesOf = (prefix: string) =>
    keys
      .filter(key => key.startsWith(prefix))
      .map(key => key.slice(prefix.length));
  const emails = valuesOf('email:');
  const logins = valuesOf('login:');
  return [
    ...valuesOf('ref:').map(ref => ({ kind: 'User', ...nameOf(ref) })),
    ...(emails.length ? [{ kind: 'User', 'spec.profile.email': emails }] : []),
    ...(logins.length
      ? [
          {
            kind: 'User',
            [`metadata.annotations.${LOGIN_ANNOTATION}`]: logins,
          },
        ]
      : []),
  ];
}

function nameOf(entityRef: string): Record<string, string> {
  const { namespace, name } = parseEntityRef(entityRef);
  return { 'metadata.namespace': namespace, 'metadata.name': name };
}

function keysOfUser(user: UserEntity): string[] {
  const { metadata, spec } = user;
  const ref = stringifyEntityRef(user);
  return [
    `ref:${ref}`,
    ...keysOfPerson({
      email: spec?.profile?.email,
      login: metadata.annotations?.[LOGIN_ANNOTATION],
      name: spec?.profile?.displayName,
    }),
    // Who says no login of theirs mostly has the one that they are called by.
    ...(metadata.annotations?.[LOGIN_ANNOTATION]
      ? []
      : keysOfPerson({ login: metadata.name })),
  ];
}

function keysOfPerson({ email, login, name }: CommitPerson): string[] {
  const hidden = HIDDEN_EMAIL.exec(email?.toLowerCase() ?? '')?.[1];
  const keys: [string, string | undefined][] = [
    ['email', email],
    ['login', login],
    ['login', hidden],
    ['name', name],
  ];
  return keys.flatMap(([kind, value]) =>
    value?.trim() ? [`${kind}:${value.trim().toLowerCase()}`] : [],
  );
}

/**
 * Of whom only a text is known: an entity ref, an address, a login or a name.
 * Authors of commits choose their names, so that it may look like anything.
 */
function keysOfText(text: string): string[] {
  const keys = keysOfPerson({ email: text, login: text, name: text });
  return isUserRef(text)
    ? [...keys, `ref:${stringifyEntityRef(parseEntityRef(text))}`]
    : keys;
}
