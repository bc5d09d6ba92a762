import { badRequest, conflict, notFound } from '../errors';
import { newId } from '../ids';
import type {
  EnvVariable,
  EnvVariableType,
  Environment,
  Project,
} from '../model';
import type { VercelStores } from '../store';
import type { VercelLimits } from '../limits';
import type { WebhookNotifier } from './WebhookNotifier';

const LONGEST_VALUE_BYTES = 64 * 1024;

export interface EnvVariableInput {
  key: string;
  value: string;
  type: EnvVariableType;
  targets: Environment[];
  customEnvironmentIds?: string[];
  gitBranch?: string;
  comment?: string;
  resourceId?: string;
}

/** Keeps the environment variables of projects within the API's rules. */
export class EnvService {
  readonly #stores: VercelStores;
  readonly #notifier: WebhookNotifier;
  readonly #limits: VercelLimits;

  constructor(options: {
    stores: VercelStores;
    notifier: WebhookNotifier;
    limits: VercelLimits;
  }) {
    this.#stores = options.stores;
    this.#notifier = options.notifier;
    this.#limits = options.limits;
  }

  /** Adds a variable; with `upsert` it replaces the one of the same place. */
  create(
    project: Project,
    input: EnvVariableInput,
    options: { upsert: boolean },
  ): EnvVariable {
    check(input);
    const existing = this.#stores.env.list(project.id);
    const clash = existing.find(known => samePlace(known, input));
    if (clash && !options.upsert) {
      throw conflict(
        `A variable with the name \`${input.key}\` already exists for the target ${input.targets.join(
          ', ',
        )} on branch ${input.gitBranch ?? 'undefined'}.`,
        'ENV_CONFLICT',
      );
    }
    if (!clash && existing.length >= this.#limits.envVariablesPerProject) {
      throw badRequest(
        `The project has ${existing.length} environment variables, and that is the limit.`,
        'too_many_envs',
      );
    }
    const now = Date.now();
    const variable: EnvVariable = {
      ...input,
      id: clash?.id ?? newId('env', 16),
      projectId: project.id,
      createdAt: clash?.createdAt ?? now,
      updatedAt: now,
    };
    this.#stores.env.upsert(variable);
    this.#notify(
      clash ? 'project.env-variable.updated' : 'project.env-variable.created',
      project,
      variable,
    );
    return variable;
  }

  get(project: Project, id: string): EnvVariable {
    const variable = this.#stores.env.find(project.id, id);
    if (!variable) {
      throw notFound(
        `The Environment Variable "${id}" was not found in "${project.name}".`,
        'ENV_NOT_FOUND',
      );
    }
    return variable;
  }

  update(
    project: Project,
    known: EnvVariable,
    changes: Partial<EnvVariableInput>,
  ): EnvVariable {
    if (
      known.type === 'sensitive' &&
      changes.type &&
      changes.type !== 'sensitive'
    ) {
      throw badRequest(
        `The variable \`${known.key}\` is sensitive, and its type cannot be changed. Remove it and add it again.`,
      );
    }
    const variable: EnvVariable = {
      ...known,
      ...Object.fromEntries(
        Object.entries(changes).filter(([, value]) => value !== undefined),
      ),
      updatedAt: Date.now(),
    };
    check(variable);
    const clash = this.#stores.env
      .list(project.id)
      .find(other => other.id !== known.id && samePlace(other, variable));
    if (clash) {
      throw conflict(
        `A variable with the name \`${variable.key}\` already exists for one of these targets.`,
        'ENV_CONFLICT',
      );
    }
    this.#stores.env.upsert(variable);
    this.#notify('project.env-variable.updated', project, variable);
    return variable;
  }

  delete(project: Project, variable: EnvVariable): void {
    this.#stores.env.delete(variable.id);
    this.#notify('project.env-variable.deleted', project, variable);
  }

  #notify(type: string, project: Project, variable: EnvVariable): void {
    this.#notifier.projectEvent(type, project, {
      envVarId: variable.id,
      key: variable.key,
    });
  }
}

function check(input: EnvVariableInput): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(input.key) || input.key.length > 256) {
    throw badRequest(
      `The name \`${input.key}\` contains invalid characters. Only letters, digits, and underscores are allowed. Furthermore, the name should not start with a digit.`,
    );
  }
  if (Buffer.byteLength(input.value) > LONGEST_VALUE_BYTES) {
    throw badRequest(
      `The value of \`${input.key}\` is larger than 64 kB.`,
      'ENV_TOO_LARGE',
    );
  }
  if (input.value.includes('\0')) {
    throw badRequest(`The value of \`${input.key}\` contains a NUL character.`);
  }
  if (input.targets.length === 0 && !input.customEnvironmentIds?.length) {
    throw badRequest(`The variable \`${input.key}\` has no target.`);
  }
  if (input.type === 'sensitive' && input.targets.includes('development')) {
    throw badRequest(
      `The variable \`${input.key}\` is sensitive, and those cannot be created for the development target.`,
    );
  }
}

/** Tells whether two variables would meet in one deployment. */
function samePlace(known: EnvVariableInput, input: EnvVariableInput): boolean {
  return (
    known.key === input.key &&
    known.gitBranch === input.gitBranch &&
    (known.targets.some(target => input.targets.includes(target)) ||
      (known.customEnvironmentIds ?? []).some(id =>
        input.customEnvironmentIds?.includes(id),
      ))
  );
}
