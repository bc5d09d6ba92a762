/** A project and the entity that pays for it. */
export interface ProjectEntity {
  projectKey: string;
  entityRef: string;
}

/** An entity and what it names as its budget. */
export interface EntityBudget {
  entityRef: string;
  /** The annotation, unread. */
  value: string;
}

/**
 * Holds what entities have to do with charges: their projects and their budgets.
 */
export interface EntitiesStore {
  listProjects(): Promise<ProjectEntity[]>;
  /** Adds and removes; what a project had before is replaced. */
  changeProjects(change: {
    upsert: ProjectEntity[];
    remove: string[];
  }): Promise<void>;
  /**
   * The entities that have projects with charges, or of which a summary was
   * given before; each once, in order of their refs.
   */
  listSummarizedEntities(): Promise<string[]>;

  listAllBudgets(): Promise<EntityBudget[]>;
  listBudgets(entityRefs: string[]): Promise<Map<string, string>>;
  changeBudgets(change: {
    upsert: EntityBudget[];
    remove: string[];
  }): Promise<void>;
}
