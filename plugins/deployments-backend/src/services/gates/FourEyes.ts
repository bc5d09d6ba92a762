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
import type {
  ApprovalRefusal,
  PartInVersion,
  Rollout,
} from '@forkyard/plugin-deployments-common';
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

const PARTS: Record<PartInVersion, (sha: string) => string> = {
  author: sha => `you wrote its commit${sha}`,
  pusher: () =>
    'its deployment was created by you, or its commit was pushed by you',
  contributor: () =>
    'you wrote a commit that it brings, since the version that serves',
};

/** A new version, and what it replaces. */
type Version = Pick<
  Rollout,
  | 'entityRef'
  | 'deploymentId'
  | 'commit'
  | 'stableDeploymentId'
  | 'stableCommit'
>;

/** Whether somebody is a second person; `note` is what is to be known of how that was judged. */
type Judgement =
  | { refusal: ApprovalRefusal; reason: string }
  | { refusal?: undefined; note?: string };

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
  async assertSecondPerson(request: {
    approver: string;
    approval: HeldApproval;
  }): Promise<string | undefined> {
    const judged = await this.#judge(request);
    if (!judged.refusal) return judged.note;
    const { rolloutId } = request.approval;
    throw new NotAllowedError(
      `You may not approve rollout '${rolloutId}'${judged.reason}`,
    );
  }

  /** Tells why somebody is no second person, by the rule that holds when they approve. */
  async findRefusal(request: {
    approver: string;
    approval: HeldApproval;
  }): Promise<ApprovalRefusal | undefined> {
    return (await this.#judge(request)).refusal;
  }

  async #judge({
    approver,
    approval,
  }: {
    approver: string;
    approval: HeldApproval;
  }): Promise<Judgement> {
    const { rolloutId, requestedBy, commit, entityRef } = approval;
    const user = await this.#findUser(approver);
    if (!user) {
      return {
        refusal: 'stranger',
        reason: `: '${approver}' is not in the catalog, so that you cannot be told apart from its author. Ask somebody else.`,
      };
    }
    const own = new Set(keysOfUser(user));
    const askers = await this.#expand(keysOfText(requestedBy));
    if (askers.some(key => own.has(key))) {
      return {
        refusal: 'asker',
        reason: `: you asked for it, as '${requestedBy}'. Ask a second person.`,
      };
    }
    const rollout = await this.options.rollouts.get(rolloutId);
    const { part, unreadable } = await this.#findPart(user, {
      ...rollout,
      entityRef,
      commit,
    });
    if (part) {
      const sha = commit ? ` ${commit.sha.slice(0, 7)}` : '';
      return {
        refusal: part,
        reason: `: ${PARTS[part](sha)}. Ask a second person.`,
      };
    }
    if (unreadable === undefined) return {};
    const problem = `Who wrote the commits since the version that serves is not known: ${unreadable}.`;
    return (await this.#isOwner(user, entityRef))
      ? { note: `${problem} An owner approved it.` }
      : {
          refusal: 'outsider',
          reason: `. ${problem} Only an owner of '${entityRef}' may approve it then.`,
        };
  }

  /** Tells what a person has to do with a version, before anybody asks for it. */
  async findOwnPart(
    person: string,
    version: Version,
  ): Promise<PartInVersion | undefined> {
    const user = await this.#findUser(person);
    return user && (await this.#findPart(user, version)).part;
  }

  async #findPart(
    user: UserEntity,
    version: Version,
  ): Promise<{ part?: PartInVersion; unreadable?: string }> {
    const own = new Set(keysOfUser(user));
    const isOwn = async (keys: string[]) =>
      (await this.#expand(keys)).some(key => own.has(key));
    if (await isOwn(await this.#listAuthorKeys(version))) {
      return { part: 'author' };
    }
    if (await isOwn(await this.#listCreatorKeys(version))) {
      return { part: 'pusher' };
    }
    const range = await this.#listRangeKeys(version);
    if (!Array.isArray(range)) return range;
    return (await isOwn(range)) ? { part: 'contributor' } : {};
  }

  async #listRangeKeys({
    commit,
    stableCommit,
    stableDeploymentId,
  }: Version): Promise<string[] | { unreadable: string }> {
    const { github, people } = this.options;
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
  async #listCreatorKeys(version: Version): Promise<string[]> {
    const { deployments } = this.options;
    const { deploymentId, entityRef, commit } = version;
    const held = await deployments.listById(deploymentId);
    const pushers = commit
      ? await deployments.listPushers({ entityRef, commitSha: commit.sha })
      : [];
    return [
      ...held.flatMap(({ creator }) => creator ?? []),
      ...pushers,
    ].flatMap(keysOfText);
  }

  async #listAuthorKeys({ commit }: Version): Promise<string[]> {
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

  async #findUser(entityRef: string): Promise<UserEntity | undefined> {
    const [user] = await this.#findUsers([
      { kind: 'User', ...nameOf(entityRef) },
    ]);
    return user;
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
