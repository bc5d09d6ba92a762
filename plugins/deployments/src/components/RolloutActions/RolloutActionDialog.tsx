import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  Rollout,
  RolloutActionRequest,
  RolloutDetail,
  RolloutsApi,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../../api/rolloutsApiRef';
import { useChange } from '../../hooks/useChange';
import type { RolloutAction } from '../../presentation/rolloutActions';
import { explainAction } from '../../presentation/rolloutConsequences';
import { describeProgress, newVersion } from '../../presentation/rolloutWords';
import { CommitLine } from '../CommitLine';
import { ConfirmDialog, Consequences } from '../DeploymentActions';
import { CommentField } from './CommentField';

/** How an action is asked for, and which share of the traffic it is about. */
const actions: Record<
  RolloutAction,
  {
    ask: (api: RolloutsApi, request: RolloutActionRequest) => Promise<Rollout>;
    percent?: number;
  }
> = {
  pause: { ask: (api, request) => api.pauseRollout(request) },
  resume: { ask: (api, request) => api.resumeRollout(request) },
  promote: { ask: (api, request) => api.promoteRollout(request), percent: 100 },
  abort: { ask: (api, request) => api.abortRollout(request), percent: 0 },
};

/** What became of an action, as the API answered. */
export interface ActionAnswer {
  rollout: Rollout;
  /** Share of the traffic that it is to get. */
  percent: number;
  comment?: string;
}

/** Steers a rollout, after saying what that means. */
export function RolloutActionDialog(props: {
  action: RolloutAction;
  rollout: RolloutDetail;
  /** Why it cannot be done any more; absent while it can. */
  refusal?: string;
  onDone: (answer: ActionAnswer) => void;
  onClose: () => void;
}) {
  const { action, rollout } = props;
  const api = useApi(rolloutsApiRef);
  const [comment, setComment] = useState('');
  const words = explainAction(action, rollout);
  const changed = useChange(describeProgress(rollout));
  async function act() {
    const request = { id: rollout.id, comment: comment.trim() || undefined };
    const answered = await actions[action].ask(api, request);
    const percent = actions[action].percent ?? answered.percent;
    props.onDone({ rollout: answered, percent, comment: request.comment });
  }
  return (
    <ConfirmDialog
      title={words.title}
      confirmLabel={words.confirmLabel}
      destructive={action === 'abort'}
      changed={changed}
      refusal={props.refusal}
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
