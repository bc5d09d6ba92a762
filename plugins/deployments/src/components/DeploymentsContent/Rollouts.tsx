import { useEffect, useState } from 'react';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { useFollowedRollouts } from '../../hooks/useFollowedRollouts';
import { useRolloutInAddress } from '../../hooks/useRolloutInAddress';
import { useRollouts } from '../../hooks/useRollouts';
import { ActiveRollouts } from '../ActiveRollouts';
import { RolloutDrawer } from '../RolloutDrawer';

/** Shows the rollouts of now on the page, and the one that the address names, when it is another, beside it. */
export function Rollouts(props: {
  entityRef: string;
  permissions: DeploymentPermissions;
  onChanged: () => void;
}) {
  const { entityRef, permissions } = props;
  const rollouts = useRollouts(entityRef);
  const followed = useFollowedRollouts(rollouts.value);
  const { id, open, close } = useRolloutInAddress();
  const isKnown = Boolean(rollouts.value ?? rollouts.error);
  const onPage =
    id !== undefined &&
    (followed.ids.includes(id) ||
      rollouts.value?.some(
        rollout => rollout.id === id && rollout.state !== 'queued',
      ));
  // Once it is open beside the page it stays, though it may begin there meanwhile.
  const [beside, setBeside] = useState<string>();
  const isBeside = id !== undefined && isKnown && (!onPage || beside === id);
  useEffect(() => setBeside(isBeside ? id : undefined), [isBeside, id]);
  function changed() {
    rollouts.refresh();
    props.onChanged();
  }
  return (
    <>
      <ActiveRollouts
        entityRef={entityRef}
        active={rollouts.value}
        error={rollouts.error}
        followed={followed.ids}
        permissions={permissions}
        onForget={forgotten => {
          followed.forget(forgotten);
          if (forgotten === id) close();
        }}
        onOpen={open}
        onChanged={changed}
      />
      {isBeside && (
        <RolloutDrawer
          entityRef={entityRef}
          id={id}
          permissions={permissions}
          onClose={close}
          onChanged={changed}
        />
      )}
    </>
  );
}
