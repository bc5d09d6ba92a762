import { Repository } from '../store';
import { nodeId, toRestUser } from './account';
import { RestRepository } from './restTypes';

type RepositoryUrls = Pick<
  RestRepository,
  Extract<keyof RestRepository, `${string}_url`>
>;

function repositoryUrls(
  baseUrl: string,
  repository: Repository,
): Omit<RepositoryUrls, 'html_url' | 'mirror_url'> {
  const slug = `${repository.owner.login}/${repository.name}`;
  const url = `${baseUrl}/repos/${slug}`;
  const clone = `${baseUrl}/${slug}.git`;
  return {
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_url: clone,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    ssh_url: clone,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
    clone_url: clone,
    hooks_url: `${url}/hooks`,
    svn_url: `${baseUrl}/${slug}`,
  };
}

/** Describes a repository; its parent and template are described one level deep. */
export function toRestRepository(
  baseUrl: string,
  repository: Repository,
  related: { parent?: Repository; template?: Repository } = {},
): RestRepository {
  const { settings, owner } = repository;
  const slug = `${owner.login}/${repository.name}`;
  const user = toRestUser(baseUrl, owner);
  const nested = (other: Repository | undefined) =>
    other && {
      ...toRestRepository(baseUrl, other),
      has_downloads: true,
      temp_clone_token: undefined,
    };
  const parent = nested(related.parent);
  const template = nested(related.template);
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: slug,
    owner: user,
    private: repository.private,
    html_url: `${baseUrl}/${slug}`,
    description: settings.description ?? null,
    fork: repository.parentId !== undefined,
    url: `${baseUrl}/repos/${slug}`,
    ...repositoryUrls(baseUrl, repository),
    mirror_url: null,
    homepage: settings.homepage ?? null,
    language: null,
    forks_count: repository.forksCount,
    forks: repository.forksCount,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    subscribers_count: 0,
    network_count: repository.forksCount,
    size: repository.sizeKilobytes,
    default_branch: repository.defaultBranch,
    open_issues_count: 0,
    open_issues: 0,
    is_template: repository.isTemplate,
    topics: settings.topics,
    has_issues: settings.hasIssues,
    has_projects: settings.hasProjects,
    has_wiki: settings.hasWiki,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    pushed_at: repository.pushedAt ?? repository.createdAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    permissions: {
      admin: true,
      maintain: true,
      push: true,
      triage: true,
      pull: true,
    },
    allow_rebase_merge: settings.allowRebaseMerge,
    allow_squash_merge: settings.allowSquashMerge,
    allow_auto_merge: settings.allowAutoMerge,
    delete_branch_on_merge: settings.deleteBranchOnMerge,
    allow_merge_commit: settings.allowMergeCommit,
    allow_update_branch: settings.allowUpdateBranch,
    squash_merge_commit_title: settings.squashMergeCommitTitle,
    squash_merge_commit_message: settings.squashMergeCommitMessage,
    allow_forking: settings.allowForking,
    web_commit_signoff_required: false,
    license: null,
    custom_properties: settings.customProperties,
    ...(owner.type === 'Organization' ? { organization: user } : {}),
    ...(parent ? { parent, source: parent } : {}),
    ...(template ? { template_repository: template } : {}),
  };
}
