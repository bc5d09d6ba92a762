export * from './startGitHubSide';
