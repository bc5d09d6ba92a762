import { useId, useState, type ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import Divider from '@mui/material/Divider';
import Stack from '@mui/material/Stack';
import {
  describeError,
  ErrorState,
  LoadingState,
} from '@forkyard/frontend-kit';
import type {
  RolloutApproval,
  RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { useApprovalRefusal } from '../../hooks/useApprovalRefusal';
import { useAnswered } from '../../hooks/useAnswered';
import { useRollout } from '../../hooks/useRollout';
import { useRolloutPoints } from '../../hooks/useRolloutPoints';
import { hasEnded } from '../../presentation/rolloutWords';
import type { ActionAnswer } from '../RolloutActions';
import { ApprovalList, PendingApproval } from './Approvals';
import { Evidence } from './Evidence';
import { GateList } from './GateList';
import { FoldedCharts } from './FoldedCharts';
import { RolloutHeader } from './RolloutHeader';
import { StageList } from './StageList';
import { TrafficSplit } from './TrafficSplit';
import { TransitionLog } from './TransitionLog';
import { UsersMet } from './UsersMet';

/** Answers of one rollout: is the new version good, and what happens next? */
export function RolloutView(props: {
  entityRef: string;
  id: string;
  permissions: DeploymentPermissions;
  /** Stands beside the title, for example a button that closes. */
  corner?: ReactNode;
  /** Whether only how it ended is left of it on the page, and the rest on request. */
  foldsAtEnd?: boolean;
  onChanged: () => void;
}) {
  const { entityRef, id } = props;
  const { value: rollout, error, refresh } = useRollout(entityRef, id);
  const { shown, show, showDecided } = useAnswered(rollout);
  function changed() {
    refresh();
    props.onChanged();
  }
  if (!shown) {
    return (
      <Stack direction="row" sx={{ justifyContent: 'space-between' }}>
        <Box sx={{ flexGrow: 1 }}>
          {error ? (
            <ErrorState
              title="The rollout could not be loaded"
              error={error}
              onRetry={refresh}
            />
          ) : (
            <LoadingState label="Loading the rollout" rows={5} rowHeight={48} />
          )}
        </Box>
        {props.corner}
      </Stack>
    );
  }
  return (
    <Loaded
      rollout={shown}
      error={error}
      permissions={props.permissions}
      corner={props.corner}
      foldsAtEnd={props.foldsAtEnd}
      onAnswer={answer => {
        show(answer);
        changed();
      }}
      onDecided={approval => {
        showDecided(approval);
        changed();
      }}
      onChanged={changed}
    />
  );
}

function Loaded(props: {
  rollout: RolloutDetail;
  error?: Error;
  permissions: DeploymentPermissions;
  corner?: ReactNode;
  foldsAtEnd?: boolean;
  onAnswer: (answer: ActionAnswer) => void;
  onDecided: (approval: RolloutApproval) => void;
  onChanged: () => void;
}) {
  const { rollout, error, permissions, onChanged } = props;
  const titleId = useId();
  const points = useRolloutPoints(rollout);
  const refusal = useApprovalRefusal(
    rollout.approvals.find(({ state }) => state === 'pending'),
  );
  const watched = Boolean(rollout.verdict) || Boolean(points.value?.length);
  const [unfolded, setUnfolded] = useState(false);
  const folds = Boolean(props.foldsAtEnd) && hasEnded(rollout);
  const folded = folds && !unfolded;
  return (
    <Stack component="section" aria-labelledby={titleId} spacing={2}>
      <RolloutHeader
        titleId={titleId}
        rollout={rollout}
        permissions={permissions}
        refusal={refusal}
        corner={props.corner}
        onAnswer={props.onAnswer}
      />
      {error && (
        <Alert severity="warning">
          This is not up to date: {describeError(error).message}
        </Alert>
      )}
      <UsersMet rollout={rollout} points={points.value ?? []} />
      {folds && (
        <Button
          size="small"
          aria-expanded={!folded}
          sx={{ alignSelf: 'flex-start' }}
          onClick={() => setUnfolded(folded)}
        >
          {folded ? 'Show how it went' : 'Hide how it went'}
        </Button>
      )}
      {/* Hidden, not gone: a dialog that is open in it stays. */}
      <Collapse in={!folded} timeout={0}>
        <Stack spacing={2}>
          <TrafficSplit rollout={rollout} />
          <StageList rollout={rollout} />
          <PendingApproval
            rollout={rollout}
            permissions={permissions}
            refusal={refusal}
            onDecided={props.onDecided}
          />
          <Evidence rollout={rollout} />
          {(watched || !hasEnded(rollout)) && (
            <FoldedCharts rollout={rollout} points={points} />
          )}
          <Divider />
          <Box
            sx={{
              display: 'grid',
              gap: 3,
              gridTemplateColumns:
                'repeat(auto-fit, minmax(min(320px, 100%), 1fr))',
            }}
          >
            <GateList
              rollout={rollout}
              permissions={permissions}
              onChanged={onChanged}
            />
            <Stack spacing={2}>
              <ApprovalList rollout={rollout} />
              <TransitionLog rollout={rollout} />
            </Stack>
          </Box>
        </Stack>
      </Collapse>
    </Stack>
  );
}
