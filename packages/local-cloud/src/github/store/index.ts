export * from './AccountStore';
export * from './DocumentStore';
export * from './GitHubStore';
export * from './RepositoryStore';
