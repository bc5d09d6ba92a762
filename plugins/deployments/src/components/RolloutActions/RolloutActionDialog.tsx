import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../../api/rolloutsApiRef';
import type { RolloutAction } from '../../presentation/rolloutActions';
import { explainAction } from '../../presentation/rolloutConsequences';
import { newVersion } from '../../presentation/rolloutWords';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog, Consequences } from '../DeploymentActions';
import { CommentField } from './CommentField';

/** Steers a rollout, after saying what that means. */
export function RolloutActionDialog(props: {
  action: RolloutAction;
  rollout: Rollout;
  onDone: () => void;
  onClose: () => void;
}) {
  const { action, rollout } = props;
  const api = useApi(rolloutsApiRef);
  const [comment, setComment] = useState('');
  const words = explainAction(action, rollout);
  async function act() {
    const request = { id: rollout.id, comment: comment.trim() || undefined };
    switch (action) {
      case 'pause':
        await api.pauseRollout(request);
        break;
      case 'resume':
        await api.resumeRollout(request);
        break;
      case 'promote':
        await api.promoteRollout(request);
        break;
      default:
        await api.abortRollout(request);
    }
    props.onDone();
  }
  return (
    <ConfirmDialog
      title={words.title}
      confirmLabel={words.confirmLabel}
      destructive={action === 'abort'}
      onConfirm={act}
      onClose={props.onClose}
    >
      <CommitLine deployment={newVersion(rollout)} />
      <Consequences items={words.consequences} />
      <CommentField
        label="Comment for the log (optional)"
        value={comment}
        onChange={setComment}
      />
    </ConfirmDialog>
  );
}
