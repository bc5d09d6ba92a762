/**
 * What more than one backend of Forkyard needs, and no word of any domain.
 *
 * @packageDocumentation
 */
export * from './catalog/annotatedEntities';
export * from './catalog/EntityGuard';
export * from './catalog/entityRefSchema';
export * from './catalog/entitySource';
export * from './catalog/UrlReaderFileSource';
export * from './database/applyMigrations';
export * from './database/DatabaseChangeFeed';
export * from './database/databaseTime';
export * from './database/SecretBox';
export * from './requests/audited';
export * from './requests/cursor';
export * from './requests/parse';
export * from './requests/principalRef';
export * from './upstream/callUpstream';
export * from './upstream/callVercel';
export * from './upstream/createVercelClient';
export * from './upstream/describeGithubError';
export * from './upstream/OwnRequests';
export * from './upstream/upstreamErrors';
export * from './upstream/UrlProbe';
export * from './upstream/vercelSignature';
