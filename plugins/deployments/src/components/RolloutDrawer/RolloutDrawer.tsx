import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import CloseIcon from '@mui/icons-material/Close';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { RolloutView } from '../RolloutView';

/** Shows one rollout, past or waiting, beside the page. */
export function RolloutDrawer(props: {
  entityRef: string;
  id: string;
  permissions: DeploymentPermissions;
  onClose: () => void;
  onChanged: () => void;
}) {
  return (
    <Drawer
      open
      anchor="right"
      onClose={props.onClose}
      PaperProps={{
        role: 'dialog',
        'aria-label': 'Rollout',
        sx: { width: { xs: '100%', sm: 760 }, maxWidth: '100%', p: 2 },
      }}
    >
      <RolloutView
        key={props.id}
        entityRef={props.entityRef}
        id={props.id}
        permissions={props.permissions}
        onChanged={props.onChanged}
        corner={
          <IconButton aria-label="Close the rollout" onClick={props.onClose}>
            <CloseIcon />
          </IconButton>
        }
      />
    </Drawer>
  );
}
