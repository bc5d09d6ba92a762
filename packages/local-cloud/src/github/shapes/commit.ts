import { FileChange, GitCommit } from '../git';
import { Account, Document, Repository, StatusBody } from '../store';
import { nodeId, toRestUser } from './account';
import {
  RestCommit,
  RestFileChange,
  RestGitCommit,
  RestStatus,
} from './restTypes';

/** Says where a repository is, for links. */
export interface RepositoryPlace {
  baseUrl: string;
  slug: string;
}

export function placeOf(
  baseUrl: string,
  repository: Repository,
): RepositoryPlace {
  return { baseUrl, slug: `${repository.owner.login}/${repository.name}` };
}

function verification(commit: GitCommit) {
  return {
    verified: false,
    reason: commit.signature ? 'unknown_key' : 'unsigned',
    signature: commit.signature ?? null,
    payload: null,
    verified_at: null,
  };
}

export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Describes a commit as the git data endpoints do. */
export function toRestGitCommit(
  { baseUrl, slug }: RepositoryPlace,
  commit: GitCommit,
): RestGitCommit {
  const url = `${baseUrl}/repos/${slug}/git`;
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${url}/commits/${commit.sha}`,
    html_url: `${baseUrl}/${slug}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map(sha => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${baseUrl}/${slug}/commit/${sha}`,
    })),
    verification: verification(commit),
  };
}

/** Describes a commit as the repository endpoints do. */
export function toRestCommit(
  place: RepositoryPlace,
  commit: GitCommit,
  people: { author?: Account; committer?: Account },
): RestCommit {
  const { baseUrl, slug } = place;
  const url = `${baseUrl}/repos/${slug}/commits`;
  const git = toRestGitCommit(place, commit);
  return {
    sha: commit.sha,
    node_id: git.node_id,
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: git.tree,
      url: git.url,
      comment_count: 0,
      verification: git.verification,
    },
    url: `${url}/${commit.sha}`,
    html_url: git.html_url,
    comments_url: `${url}/${commit.sha}/comments`,
    author: people.author ? toRestUser(baseUrl, people.author) : null,
    committer: people.committer ? toRestUser(baseUrl, people.committer) : null,
    parents: commit.parents.map(sha => ({
      sha,
      url: `${url}/${sha}`,
      html_url: `${baseUrl}/${slug}/commit/${sha}`,
    })),
  };
}

export function toRestFileChange(
  { baseUrl, slug }: RepositoryPlace,
  commitSha: string,
  change: FileChange,
): RestFileChange {
  const path = encodePath(change.path);
  return {
    sha: change.sha,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${baseUrl}/${slug}/blob/${commitSha}/${path}`,
    raw_url: `${baseUrl}/${slug}/raw/${commitSha}/${path}`,
    contents_url: `${baseUrl}/repos/${slug}/contents/${path}?ref=${commitSha}`,
    ...(change.patch === undefined ? {} : { patch: change.patch }),
    ...(change.previousPath ? { previous_filename: change.previousPath } : {}),
  };
}

export function toRestStatus(
  { baseUrl, slug }: RepositoryPlace,
  status: Document<StatusBody>,
  creator: Account | undefined,
): RestStatus {
  const { body } = status;
  return {
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    url: `${baseUrl}/repos/${slug}/statuses/${body.sha}`,
    avatar_url: null,
    state: body.state,
    description: body.description ?? null,
    target_url: body.targetUrl ?? null,
    context: body.context,
    created_at: status.createdAt,
    updated_at: status.updatedAt,
    creator: creator ? toRestUser(baseUrl, creator) : null,
  };
}
