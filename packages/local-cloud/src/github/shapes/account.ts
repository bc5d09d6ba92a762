import { Account } from '../store';
import { RestAccount, RestOrganization, RestUser } from './restTypes';

/** Makes an id in the form of GitHub's GraphQL ids. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64');
}

export function toRestUser(baseUrl: string, account: Account): RestUser {
  const url = `${baseUrl}/users/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${baseUrl}/_local/avatars/${account.login}`,
    gravatar_id: '',
    url,
    html_url: `${baseUrl}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

/** Describes a user or organization in full. */
export function toRestAccount(
  baseUrl: string,
  account: Account,
  publicRepositories: number,
): RestAccount {
  return {
    ...toRestUser(baseUrl, account),
    gravatar_id: '',
    name: account.name,
    email: null,
    company: null,
    blog: '',
    location: null,
    hireable: null,
    bio: null,
    public_repos: publicRepositories,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}

export function toRestOrganization(
  baseUrl: string,
  account: Account,
  publicRepositories: number,
): RestOrganization {
  const url = `${baseUrl}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${baseUrl}/_local/avatars/${account.login}`,
    description: null,
    name: account.name,
    html_url: `${baseUrl}/${account.login}`,
    type: account.type,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: publicRepositories,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
    archived_at: null,
    default_repository_permission: 'write',
    members_can_create_repositories: true,
  };
}
