/**
 * What more than one backend of Forkyard needs, and no word of any domain.
 *
 * @packageDocumentation
 */
export * from './annotatedEntities';
export * from './applyMigrations';
export * from './audited';
export * from './callUpstream';
export * from './callVercel';
export * from './createVercelClient';
export * from './cursor';
export * from './DatabaseChangeFeed';
export * from './databaseTime';
export * from './describeGithubError';
export * from './EntityGuard';
export * from './entityRefSchema';
export * from './entitySource';
export * from './parse';
export * from './principalRef';
export * from './SecretBox';
export * from './upstreamErrors';
export * from './UrlReaderFileSource';
export * from './vercelSignature';
