export * from './config';
export type {
  CommitSummary,
  GitHubSide,
  HostedRepository,
  Log,
  PushEvent,
  VercelSide,
} from './context';
export type { Fault, FaultBook, FaultInput } from './http';
export * from './startLocalCloud';
export * from './testing';
