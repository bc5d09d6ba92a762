import type {
  Deployment,
  EntityDelivery,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { useRolloutInAddress } from '../../hooks/useRolloutInAddress';
import { DeliveryNote } from '../Delivery';
import { EnvironmentColumns } from '../EnvironmentColumns';
import { EnvironmentActions } from '../Rollback';

/** The environments side by side, each with how it is rolled out and what can be done about it. */
export function Environments(props: {
  entityRef: string;
  environments: EnvironmentStatus[];
  delivery?: EntityDelivery;
  permissions: DeploymentPermissions;
  onShowLog: (deployment: Deployment) => void;
  onChanged: () => void;
}) {
  const { open } = useRolloutInAddress();
  return (
    <EnvironmentColumns
      environments={props.environments}
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
            {delivery && <DeliveryNote delivery={delivery} />}
          </>
        );
      }}
    />
  );
}
