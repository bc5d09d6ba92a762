import { MetadataStore } from '../../store';
import { Account } from './AccountStore';

/** Are the properties of a repository that its admins choose. */
export interface RepositorySettings {
  description?: string;
  homepage?: string;
  topics: string[];
  hasIssues: boolean;
  hasProjects: boolean;
  hasWiki: boolean;
  allowAutoMerge: boolean;
  allowMergeCommit: boolean;
  allowRebaseMerge: boolean;
  allowSquashMerge: boolean;
  allowUpdateBranch: boolean;
  allowForking: boolean;
  deleteBranchOnMerge: boolean;
  squashMergeCommitTitle: 'PR_TITLE' | 'COMMIT_OR_PR_TITLE';
  squashMergeCommitMessage: 'PR_BODY' | 'COMMIT_MESSAGES' | 'BLANK';
  customProperties: Record<string, unknown>;
}

export const defaultSettings: RepositorySettings = {
  topics: [],
  hasIssues: true,
  hasProjects: true,
  hasWiki: true,
  allowAutoMerge: false,
  allowMergeCommit: true,
  allowRebaseMerge: true,
  allowSquashMerge: true,
  allowUpdateBranch: false,
  allowForking: true,
  deleteBranchOnMerge: false,
  squashMergeCommitTitle: 'COMMIT_OR_PR_TITLE',
  squashMergeCommitMessage: 'COMMIT_MESSAGES',
  customProperties: {},
};

/** Is what the metadata knows of a repository; its content is in git. */
export interface Repository {
  id: number;
  owner: Account;
  name: string;
  defaultBranch: string;
  private: boolean;
  archived: boolean;
  isTemplate: boolean;
  parentId?: number;
  templateId?: number;
  settings: RepositorySettings;
  createdAt: string;
  updatedAt: string;
  pushedAt?: string;
  sizeKilobytes: number;
  forksCount: number;
}

interface RepositoryRow {
  id: number;
  owner_id: number;
  owner_login: string;
  owner_type: Account['type'];
  owner_name: string;
  owner_created_at: string;
  name: string;
  default_branch: string;
  private: number;
  archived: number;
  is_template: number;
  parent_id: number | null;
  template_id: number | null;
  settings: string;
  created_at: string;
  updated_at: string;
  pushed_at: string | null;
  size_kilobytes: number;
  forks_count: number;
}

export type NewRepository = Pick<
  Repository,
  | 'owner'
  | 'name'
  | 'defaultBranch'
  | 'private'
  | 'isTemplate'
  | 'parentId'
  | 'templateId'
  | 'settings'
>;

const select = `
  SELECT r.*, a.login AS owner_login, a.type AS owner_type, a.name AS owner_name,
    a.created_at AS owner_created_at,
    (SELECT count(*) FROM github_repositories f WHERE f.parent_id = r.id) AS forks_count
  FROM github_repositories r JOIN github_accounts a ON a.id = r.owner_id`;

const orders = {
  full_name: 'r.name',
  created: 'r.created_at',
  updated: 'r.updated_at',
  pushed: "coalesce(r.pushed_at, '')",
};

export type RepositoryOrder = keyof typeof orders;

function toRepository(row: RepositoryRow): Repository {
  return {
    id: row.id,
    owner: {
      id: row.owner_id,
      login: row.owner_login,
      type: row.owner_type,
      name: row.owner_name,
      createdAt: row.owner_created_at,
    },
    name: row.name,
    defaultBranch: row.default_branch,
    private: row.private === 1,
    archived: row.archived === 1,
    isTemplate: row.is_template === 1,
    parentId: row.parent_id ?? undefined,
    templateId: row.template_id ?? undefined,
    settings: { ...defaultSettings, ...JSON.parse(row.settings) },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    pushedAt: row.pushed_at ?? undefined,
    sizeKilobytes: row.size_kilobytes,
    forksCount: row.forks_count,
  };
}

/** Keeps repositories and which of their refs have been announced. */
export class RepositoryStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  find(owner: string, name: string): Repository | undefined {
    const row = this.#store.get<RepositoryRow>(
      `${select} WHERE a.login = ? AND r.name = ?`,
      owner,
      name,
    );
    return row && toRepository(row);
  }

  findById(id: number): Repository | undefined {
    const row = this.#store.get<RepositoryRow>(`${select} WHERE r.id = ?`, id);
    return row && toRepository(row);
  }

  /** Lists repositories, of one owner or of all. */
  list(
    options: {
      ownerId?: number;
      parentId?: number;
      includePrivate?: boolean;
      order?: RepositoryOrder;
      descending?: boolean;
      limit?: number;
      offset?: number;
    } = {},
  ): Repository[] {
    return this.#store
      .all<RepositoryRow>(
        `${select}
         WHERE (? IS NULL OR r.owner_id = ?) AND (? IS NULL OR r.parent_id = ?)
           AND (r.private = 0 OR ?)
         ORDER BY ${orders[options.order ?? 'full_name']}
           ${options.descending ? 'DESC' : 'ASC'}, r.id
         LIMIT ? OFFSET ?`,
        options.ownerId ?? null,
        options.ownerId ?? null,
        options.parentId ?? null,
        options.parentId ?? null,
        options.includePrivate ? 1 : 0,
        options.limit ?? -1,
        options.offset ?? 0,
      )
      .map(toRepository);
  }

  insert(repository: NewRepository): Repository {
    const now = new Date().toISOString();
    const { lastId } = this.#store.run(
      `INSERT INTO github_repositories
         (owner_id, name, default_branch, private, archived, is_template, parent_id, template_id,
          settings, created_at, updated_at, size_kilobytes)
       VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, 0)`,
      repository.owner.id,
      repository.name,
      repository.defaultBranch,
      repository.private ? 1 : 0,
      repository.isTemplate ? 1 : 0,
      repository.parentId ?? null,
      repository.templateId ?? null,
      JSON.stringify(repository.settings),
      now,
      now,
    );
    return this.findById(lastId)!;
  }

  /** Writes every changeable property. */
  update(repository: Repository): Repository {
    this.#store.run(
      `UPDATE github_repositories SET name = ?, default_branch = ?, private = ?, archived = ?,
         is_template = ?, settings = ?, updated_at = ?, pushed_at = ?, size_kilobytes = ?
       WHERE id = ?`,
      repository.name,
      repository.defaultBranch,
      repository.private ? 1 : 0,
      repository.archived ? 1 : 0,
      repository.isTemplate ? 1 : 0,
      JSON.stringify(repository.settings),
      new Date().toISOString(),
      repository.pushedAt ?? null,
      repository.sizeKilobytes,
      repository.id,
    );
    return this.findById(repository.id)!;
  }

  delete(id: number): void {
    this.#store.run('DELETE FROM github_repositories WHERE id = ?', id);
  }

  listAnnouncedRefs(repositoryId: number): Map<string, string> {
    const rows = this.#store.all<{ ref: string; sha: string }>(
      'SELECT ref, sha FROM github_refs WHERE repository_id = ?',
      repositoryId,
    );
    return new Map(rows.map(row => [row.ref, row.sha]));
  }

  /** Records that a ref has been announced where it is now; undefined when it is gone. */
  setAnnouncedRef(
    repositoryId: number,
    ref: string,
    sha: string | undefined,
  ): void {
    if (sha === undefined) {
      this.#store.run(
        'DELETE FROM github_refs WHERE repository_id = ? AND ref = ?',
        repositoryId,
        ref,
      );
      return;
    }
    this.#store.run(
      `INSERT INTO github_refs (repository_id, ref, sha) VALUES (?, ?, ?)
       ON CONFLICT (repository_id, ref) DO UPDATE SET sha = excluded.sha`,
      repositoryId,
      ref,
      sha,
    );
  }
}
