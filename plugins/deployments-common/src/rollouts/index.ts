export * from './actorName';
export * from './events';
export * from './permissions';
export * from './RolloutsClient';
export * from './types';
