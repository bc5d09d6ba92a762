import type {
  Deployment,
  EntityDelivery,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import type { FiringAlerts } from '../../presentation/firingWords';
import { useRolloutInAddress } from '../../hooks/useRolloutInAddress';
import { DeliveryNote } from '../Delivery';
import { EnvironmentColumns } from '../EnvironmentColumns';
import { EnvironmentActions } from '../Rollback';

/** The environments side by side, each with how it is rolled out and what can be done about it. */
export function Environments(props: {
  entityRef: string;
  environments: EnvironmentStatus[];
  firing?: FiringAlerts;
  delivery?: EntityDelivery;
  permissions: DeploymentPermissions;
  onShowLog: (deployment: Deployment) => void;
  onChanged: () => void;
}) {
  const { open } = useRolloutInAddress();
  return (
    <EnvironmentColumns
      environments={withNamed(props.environments, props.delivery)}
      firing={props.firing}
      onShowLog={props.onShowLog}
      renderActions={environment => {
        const delivery = props.delivery?.environments.find(
          ({ environment: name }) => name === environment.environment,
        );
        return (
          <>
            <EnvironmentActions
              entityRef={props.entityRef}
              environment={environment}
              plan={delivery?.plan}
              permissions={props.permissions}
              onChanged={props.onChanged}
              onRollout={open}
            />
            {delivery && (
              <DeliveryNote entityRef={props.entityRef} delivery={delivery} />
            )}
          </>
        );
      }}
    />
  );
}

/** Shows what the file names before anything was deployed there, too. */
function withNamed(
  environments: EnvironmentStatus[],
  delivery: EntityDelivery | undefined,
): EnvironmentStatus[] {
  const named = (delivery?.environments ?? []).filter(
    ({ environment, from }) =>
      from === 'file' &&
      environment !== 'production' &&
      environment !== 'preview' &&
      !environments.some(shown => shown.environment === environment),
  );
  return [
    ...environments,
    ...named.map(({ environment }) => ({ environment })),
  ];
}
