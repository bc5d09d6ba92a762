import { useState } from 'react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  GuardedButton,
  RelativeTime,
  StatusBadge,
  useNow,
} from '@forkyard/frontend-kit';
import {
  actorName,
  type ApprovalRefusal,
  type RolloutApproval,
  type RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { useReader } from '../../hooks/useReader';
import {
  afterApproval,
  describeDecided,
  describePending,
  refusalOfDecision,
} from '../../presentation/approvalWords';
import {
  describeApproval,
  pendingApproval,
  rolloutName,
} from '../../presentation/rolloutWords';
import { ApprovalDialog } from '../RolloutActions';
import { Section } from './Section';

type Decision = 'approved' | 'rejected';

/**
 * Asks for a second person's word while one is wanted. The dialog in which it is
 * given stays open when somebody else was quicker, and says so.
 */
export function PendingApproval(props: {
  rollout: RolloutDetail;
  permissions: DeploymentPermissions;
  /** Why the reader may not approve, as the backend judged. */
  refusal: ApprovalRefusal | undefined;
  onDecided: (approval: RolloutApproval) => void;
}) {
  const { rollout, refusal } = props;
  const now = useNow();
  const reader = useReader();
  const pending = pendingApproval(rollout, now);
  const { mayApprove } = props.permissions;
  const refusalOf = (decision: Decision, approval: RolloutApproval) =>
    refusalOfDecision(decision, approval, { reader, refusal, mayApprove });
  const [deciding, setDeciding] = useState<{
    decision: Decision;
    approval: RolloutApproval;
  }>();
  return (
    <>
      {pending && (
        <AskApproval
          rollout={rollout}
          approval={pending}
          waitsFor={describePending(pending, { reader, refusal })}
          refusals={{
            approved: refusalOf('approved', pending),
            rejected: refusalOf('rejected', pending),
          }}
          onDecide={decision => setDeciding({ decision, approval: pending })}
        />
      )}
      {deciding && (
        <ApprovalDialog
          decision={deciding.decision}
          rollout={rollout}
          next={afterApproval(rollout, deciding.approval)}
          refusal={
            pending?.id === deciding.approval.id
              ? refusalOf(deciding.decision, pending)
              : describeDecided(rollout, deciding.approval)
          }
          onDone={props.onDecided}
          onClose={() => setDeciding(undefined)}
        />
      )}
    </>
  );
}

/** Lists who approved or rejected, and whose time ran out. */
export function ApprovalList({ rollout }: { rollout: RolloutDetail }) {
  const now = useNow();
  const pending = pendingApproval(rollout, now);
  const given = rollout.approvals.filter(approval => approval !== pending);
  if (given.length === 0) return undefined;
  return (
    <Section title="Approvals">
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {given.map(approval => (
          <GivenApproval key={approval.id} approval={approval} />
        ))}
      </Box>
    </Section>
  );
}

function AskApproval(props: {
  rollout: RolloutDetail;
  approval: RolloutApproval;
  /** Whom it waits for, in words. */
  waitsFor: string;
  /** Why the reader may not decide so. */
  refusals: Record<Decision, string | undefined>;
  onDecide: (decision: Decision) => void;
}) {
  const { rollout, approval, refusals, onDecide } = props;
  const next = afterApproval(rollout, approval);
  const name = rolloutName(rollout);
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Approval"
      sx={{ p: 2, borderColor: 'secondary.main' }}
    >
      <Stack spacing={1}>
        <StatusBadge status="waiting" label={props.waitsFor} />
        <Typography variant="body2">
          {actorName(approval.requestedBy)} asked{' '}
          <RelativeTime at={approval.requestedAt} />; expires{' '}
          <RelativeTime at={approval.expiresAt} />. {next}
        </Typography>
        <Stack direction="row" spacing={1}>
          <GuardedButton
            label="Approve"
            name={`Approve ${name}`}
            variant="contained"
            refusal={refusals.approved}
            onClick={() => onDecide('approved')}
          />
          <GuardedButton
            label="Reject"
            name={`Reject ${name}`}
            variant="outlined"
            color="error"
            refusal={refusals.rejected}
            onClick={() => onDecide('rejected')}
          />
        </Stack>
        {/* Becomes known a moment after the button, and is read aloud then. */}
        <Typography role="status" variant="body2" color="text.secondary">
          {refusals.approved}
        </Typography>
      </Stack>
    </Paper>
  );
}

function GivenApproval({ approval }: { approval: RolloutApproval }) {
  const { decidedBy, decidedAt, comment, expiresAt, state } = approval;
  return (
    <Box
      component="li"
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        columnGap: 1.5,
        py: 0.5,
      }}
    >
      <StatusBadge {...describeApproval(approval)} />
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {decidedBy ? `by ${actorName(decidedBy)} ` : 'by nobody '}
        <RelativeTime at={decidedAt ?? expiresAt} />
        {state !== 'pending' && `, asked by ${actorName(approval.requestedBy)}`}
        {comment && `: “${comment}”`}
      </Typography>
    </Box>
  );
}
