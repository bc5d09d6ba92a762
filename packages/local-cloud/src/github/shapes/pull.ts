import { GitCommit } from '../git';
import { Account, LabelBody, Document, PullBody, Repository } from '../store';
import { nodeId, toRestUser } from './account';
import { toRestRepository } from './repository';
import { RestPull } from './restTypes';

/** Is everything that a pull request's description is made of. */
export interface PullFacts {
  baseUrl: string;
  repository: Repository;
  head: Repository | undefined;
  pull: Document<PullBody>;
  headSha: string;
  baseSha: string;
  mergeable: boolean | null;
  commits: GitCommit[];
  additions: number;
  deletions: number;
  changedFiles: number;
  labels: Document<LabelBody>[];
  findAccount: (login: string) => Account | undefined;
}

function toRestEnd(
  baseUrl: string,
  repository: Repository,
  end: { ref: string; sha: string },
): RestPull['head'] {
  const owner = toRestUser(baseUrl, repository.owner);
  return {
    ...end,
    label: `${repository.owner.login}:${end.ref}`,
    user: owner,
    repo: {
      ...toRestRepository(baseUrl, repository),
      has_downloads: true,
      temp_clone_token: undefined,
    },
  };
}

function pullUrls(baseUrl: string, slug: string, number: number, sha: string) {
  const api = `${baseUrl}/repos/${slug}`;
  const html = `${baseUrl}/${slug}/pull/${number}`;
  return {
    url: `${api}/pulls/${number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${api}/issues/${number}`,
    commits_url: `${api}/pulls/${number}/commits`,
    review_comments_url: `${api}/pulls/${number}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${number}/comments`,
    statuses_url: `${api}/statuses/${sha}`,
  };
}

export function toRestPull(facts: PullFacts): RestPull {
  const { baseUrl, repository, pull, headSha, baseSha } = facts;
  const { body } = pull;
  const slug = `${repository.owner.login}/${repository.name}`;
  const urls = pullUrls(baseUrl, slug, body.number, headSha);
  const userOf = (login: string) =>
    toRestUser(baseUrl, facts.findAccount(login) ?? repository.owner);
  const assignees = body.assignees.map(userOf);
  const merged = body.mergedAt !== undefined;
  const link = (href: string) => ({ href });
  return {
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    ...urls,
    number: body.number,
    state: body.state,
    locked: false,
    title: body.title,
    user: userOf(body.user),
    body: body.body ?? null,
    labels: facts.labels.map(label => ({
      id: label.id,
      node_id: nodeId('Label', label.id),
      url: `${baseUrl}/repos/${slug}/labels/${encodeURIComponent(label.name)}`,
      name: label.name,
      color: label.body.color,
      description: label.body.description ?? null,
      default: false,
    })),
    milestone: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: body.closedAt ?? null,
    merged_at: body.mergedAt ?? null,
    merge_commit_sha: body.mergeCommitSha ?? null,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: body.reviewers.map(userOf),
    requested_teams: [],
    head: toRestEnd(baseUrl, facts.head ?? repository, {
      ref: body.headRef,
      sha: headSha,
    }),
    base: toRestEnd(baseUrl, repository, { ref: body.baseRef, sha: baseSha }),
    _links: {
      self: link(urls.url),
      html: link(urls.html_url),
      issue: link(urls.issue_url),
      comments: link(urls.comments_url),
      review_comments: link(urls.review_comments_url),
      review_comment: link(urls.review_comment_url),
      commits: link(urls.commits_url),
      statuses: link(urls.statuses_url),
    },
    author_association: 'MEMBER',
    auto_merge: null,
    draft: body.draft,
    merged,
    mergeable: facts.mergeable,
    rebaseable: facts.mergeable,
    mergeable_state: merged
      ? 'unknown'
      : (facts.mergeable && 'clean') || 'dirty',
    merged_by: body.mergedBy ? userOf(body.mergedBy) : null,
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: facts.commits.length,
    additions: facts.additions,
    deletions: facts.deletions,
    changed_files: facts.changedFiles,
  };
}
