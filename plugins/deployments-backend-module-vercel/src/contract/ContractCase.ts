import type { ContractFixture } from './ContractFixture';

/** What a platform may be unable to show. */
export type Capability =
  /** Deployments are built: they take time, log, fail. */
  | 'builds'
  /** Production's target is told, and can be moved or held. */
  | 'traffic'
  /** Production's traffic can be split; at Vercel a matter of the plan. */
  | 'canary'
  | 'redeploy'
  | 'deletion'
  /** Unknown tokens are refused. */
  | 'authentication';

/** One thing that the provider must do on every platform. */
export interface ContractCase {
  title: string;
  needs?: Capability;
  run(fixture: ContractFixture): Promise<void>;
}
