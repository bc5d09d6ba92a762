import {
  domainChecker,
  hostingAccessChecker,
  repositoryAccessChecker,
} from './accountChecks';
import { baseApplicationChecker, sloFileChecker } from './baseChecks';
import {
  forkNameChecker,
  projectNameChecker,
  repositoryNameChecker,
} from './nameChecks';
import type { PlanChecker } from './PlanChecker';
import { budgetChecker, ownerChecker, secretsChecker } from './requestChecks';

/** Every check of the plan, in the order in which it is shown. */
export const planCheckers: PlanChecker[] = [
  forkNameChecker,
  repositoryNameChecker,
  projectNameChecker,
  baseApplicationChecker,
  sloFileChecker,
  ownerChecker,
  secretsChecker,
  domainChecker,
  repositoryAccessChecker,
  hostingAccessChecker,
  budgetChecker,
];
