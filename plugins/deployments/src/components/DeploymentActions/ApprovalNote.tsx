import { Fragment } from 'react';
import {
  RELATION_OWNED_BY,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import {
  EntityDisplayName,
  getEntityRelations,
  useEntity,
} from '@backstage/plugin-catalog-react';
import Alert from '@mui/material/Alert';
import type {
  Deployment,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import { useOwnPart } from '../../hooks/useOwnPart';
import {
  describeAskedWhen,
  describeOwnPart,
} from '../../presentation/approvalOutlook';

/** Says, before a version is promoted, that somebody else has to approve it, and why. */
export function ApprovalNote(props: {
  deployment: Deployment;
  /** Where it is to go. */
  environment: string;
  plan?: RolloutPlan;
}) {
  const when = describeAskedWhen(props.plan);
  return when && <Note {...props} when={when} />;
}

function Note(props: {
  deployment: Deployment;
  environment: string;
  when: string;
}) {
  const { deployment, environment, when } = props;
  const part = useOwnPart({
    entityRef: deployment.entityRef,
    deploymentId: deployment.id,
    environment,
  });
  return (
    <Alert severity="info" role="note" sx={{ overflowWrap: 'anywhere' }}>
      Somebody else of <Owners /> must approve this {when}; you cannot, because{' '}
      {describeOwnPart(part, deployment)}. Promoting asks them.
    </Alert>
  );
}

/** Names the owners of the entity, without leading away from the dialog. */
function Owners() {
  const { entity } = useEntity();
  const owners = getEntityRelations(entity, RELATION_OWNED_BY);
  if (owners.length === 0) return <>the owners</>;
  return owners.map((owner, index) => (
    <Fragment key={stringifyEntityRef(owner)}>
      {index > 0 && (index === owners.length - 1 ? ' or ' : ', ')}
      <EntityDisplayName
        entityRef={owner}
        defaultKind={owner.kind}
        hideIcon
        disableTooltip
      />
    </Fragment>
  ));
}
