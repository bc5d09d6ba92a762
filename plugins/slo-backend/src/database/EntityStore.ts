import type {
  Slo,
  SloAlert,
  SloFileProblem,
} from '@forkyard/plugin-slo-common';
import type { SloDefinition } from '../openslo/SloDefinition';
import type { NewAlert } from './AlertStore';

/** Where the OpenSLO file of an entity is. */
export interface SloFileLocation {
  entityRef: string;
  url: string;
  /** Path in the repository, for people. */
  path: string;
}

/** What is held of an entity. */
export interface SloEntity {
  entityRef: string;
  file: SloFileLocation & { etag?: string; error?: string };
  /** The SLOs of the last version of the file without a fault. */
  definitions: SloDefinition[];
  problems: SloFileProblem[];
  /** The provider's ids of its projects. */
  projectIds: string[];
  /** Number of the last evaluation. */
  evaluation: string;
  evaluatedAt?: Date;
  slos: Slo[];
  sourceError?: string;
}

/** How reading a file ended. */
export type SloFileOutcome =
  | { outcome: 'unchanged' }
  | { outcome: 'read'; etag?: string; definitions: SloDefinition[] }
  | { outcome: 'faulty'; etag?: string; problems: SloFileProblem[] }
  | { outcome: 'failed'; error: string };

/** What an evaluation found. */
export interface Evaluation {
  entityRef: string;
  /** The number that was read before evaluating. */
  expected: string;
  at: Date;
  slos: Slo[];
  sourceError?: string;
  nextInSeconds: number;
  /** All alerts of the SLOs that should fire; others of them are ended. */
  firing: NewAlert[];
}

/**
 * Holds the entities with SLOs: their files, definitions, projects and states.
 */
export interface EntityStore {
  /** Follows entities; a file that moved is read at once. */
  track(files: SloFileLocation[]): Promise<void>;
  /** Forgets entities and ends their alerts, which it gives. */
  untrack(entityRefs: string[], at: Date): Promise<SloAlert[]>;
  listEntityRefs(): Promise<string[]>;
  find(entityRef: string): Promise<SloEntity | undefined>;
  /** The provider's ids of its projects, followed or not. */
  listProjectIds(entityRef: string): Promise<string[]>;

  /** Lists whose file is to be read, longest due first. */
  listDueFiles(limit: number): Promise<string[]>;
  /** Has the file read at the next occasion. */
  requestFile(entityRef: string): Promise<void>;
  /** Holds the result; only `read` changes the definitions. */
  saveFile(
    entityRef: string,
    result: SloFileOutcome & { nextInSeconds: number },
  ): Promise<void>;

  /**
   * Holds whose each project is. A project that is not named stays its entity's
   * for a day, so that a list that shrank by accident takes nothing away; one
   * that is named for another entity moves at once. Gives the projects that
   * are new to an entity.
   */
  saveProjects(
    projects: { projectId: string; entityRef: string }[],
  ): Promise<string[]>;

  /** Lists whose SLOs are to be evaluated, longest due first. */
  listDueEvaluations(limit: number): Promise<string[]>;
  /** Has the entities of some projects evaluated at the next occasion. */
  requestEvaluation(projectIds: string[]): Promise<string[]>;
  /**
   * Holds the states and the alerts together, unless another evaluation came
   * between. Gives the alerts that began or ended, or undefined.
   */
  saveEvaluation(evaluation: Evaluation): Promise<SloAlert[] | undefined>;
}
