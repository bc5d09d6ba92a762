import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Rollout,
  RolloutApproval,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../../api/rolloutsApiRef';
import { useChange } from '../../hooks/useChange';
import {
  describeProgress,
  newVersion,
  rolloutName,
} from '../../presentation/rolloutWords';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog, Consequences } from '../DeploymentActions';
import { CommentField } from './CommentField';

/** Approves or rejects a rollout; a rejection says why. */
export function ApprovalDialog(props: {
  decision: 'approved' | 'rejected';
  rollout: Rollout;
  /** What follows from an approval, for example "it gets 25 % of the traffic". */
  next: string;
  /** Why it cannot be decided any more; absent while it can. */
  refusal?: string;
  onDone: (decided: RolloutApproval) => void;
  onClose: () => void;
}) {
  const { decision, rollout } = props;
  const api = useApi(rolloutsApiRef);
  const [comment, setComment] = useState('');
  const approves = decision === 'approved';
  const verb = approves ? 'Approve' : 'Reject';
  const name = rolloutName(rollout);
  const changed = useChange(describeProgress(rollout));
  async function decide() {
    const decided = await api.decideApproval({
      rolloutId: rollout.id,
      decision,
      comment: comment.trim() || undefined,
    });
    props.onDone(decided);
  }
  return (
    <ConfirmDialog
      title={`${verb} the rollout of ${name} to ${rollout.environment}?`}
      confirmLabel={`${verb} ${name}`}
      destructive={!approves}
      incomplete={!approves && !comment.trim()}
      changed={changed}
      refusal={props.refusal}
      onConfirm={decide}
      onClose={props.onClose}
    >
      <CommitLine deployment={newVersion(rollout)} />
      <Consequences
        items={[
          {
            term: 'What will happen',
            description: approves
              ? props.next
              : `The rollout ends. What serves in ${rollout.environment} now gets all traffic.`,
          },
          {
            term: 'What is kept',
            description:
              'Your name, the time and your comment, in the log and in the audit.',
          },
        ]}
      />
      <CommentField
        label={approves ? 'Comment (optional)' : 'Why it is rejected'}
        value={comment}
        required={!approves}
        onChange={setComment}
      />
    </ConfirmDialog>
  );
}
