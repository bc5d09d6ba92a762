export * from './errors';
export * from './GitHubEvents';
export * from './KeyedLock';
export * from './RepositoryService';
export * from './PullService';
