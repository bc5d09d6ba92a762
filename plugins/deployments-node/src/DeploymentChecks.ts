import type { ProjectRef } from './DeploymentProvider';

/**
 * Begins the names of all checks that Forkyard reports, at whatever platform.
 *
 * @public
 */
export const CHECK_NAME_PREFIX = 'forkyard/';

/** What one check says of a deployment. @public */
export interface DeploymentCheck {
  /** By which a reader finds what reported it. */
  externalId: string;
  /** Begins with {@link CHECK_NAME_PREFIX}. */
  name: string;
  state: 'queued' | 'running' | 'passed' | 'failed' | 'skipped';
  /** A sentence that anybody may read. */
  summary: string;
  /** Page with more. */
  detailsUrl?: string;
}

/**
 * Shows at the platform what is checked of a deployment before it gets traffic,
 * for providers that can.
 *
 * While the provider stages new versions ({@link DeploymentProvider.setStaging}),
 * a check that has not passed also keeps its deployment from being promoted by
 * hand at the platform. While it does not, checks keep nothing from traffic: a
 * version that goes live directly is not checked by us, and would wait for ever.
 *
 * @public
 */
export interface DeploymentChecks {
  /**
   * Makes the platform show exactly these checks of a deployment. Get-or-create:
   * repeating it changes nothing. A check of ours that is not in the list counts
   * as skipped, because the platform may have begun it by itself.
   *
   * Resolves to false when the platform takes none of this project, by its plan
   * or our rights, which is logged once. Throws as the provider does otherwise.
   */
  reportChecks(
    project: ProjectRef,
    request: {
      /** The deployment. */
      externalId: string;
      checks: DeploymentCheck[];
    },
  ): Promise<boolean>;
}
