import { GuardedButton } from '@forkyard/frontend-kit';
import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import {
  deploymentName,
  environmentTitle,
} from '../../presentation/deploymentWords';
import { useRollbackTarget } from './useRollbackTarget';

/** Offers to roll back, and says beforehand when there is nothing to go back to. */
export function RollbackButton(props: {
  entityRef: string;
  environment: EnvironmentStatus;
  live: Deployment;
  /** Why the reader may not. */
  refusal?: string;
  onClick: () => void;
}) {
  const { environment, live, refusal } = props;
  const { nothingLeft } = useRollbackTarget(props);
  return (
    <GuardedButton
      label="Roll back"
      name={`Roll back ${environmentTitle(environment.environment)} from ${deploymentName(live)}`}
      variant="outlined"
      refusal={refusal ?? nothingLeft}
      onClick={props.onClick}
    />
  );
}
