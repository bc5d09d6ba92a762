import { useCallback, useState } from 'react';
import type {
  Rollout,
  RolloutApproval,
  RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import { withAnswer } from '../presentation/askedFor';
import { useReader } from './useReader';

interface Answer {
  rollout: Rollout;
  percent: number;
  comment?: string;
}

/**
 * Shows a rollout as the API answered to the reader's own action, until it has
 * been read again.
 */
export function useAnswered(rollout: RolloutDetail | undefined): {
  shown: RolloutDetail | undefined;
  show: (answer: Answer) => void;
  showDecided: (approval: RolloutApproval) => void;
} {
  const reader = useReader() ?? 'user:default/you';
  const [answered, setAnswered] = useState<{
    of: RolloutDetail;
    shown: RolloutDetail;
  }>();
  const show = useCallback(
    ({ rollout: answer, ...asked }: Answer) => {
      if (!rollout) return;
      const at = new Date().toISOString();
      const shown = withAnswer(rollout, answer, {
        ...asked,
        actor: reader,
        at,
      });
      setAnswered({ of: rollout, shown });
    },
    [rollout, reader],
  );
  const showDecided = useCallback(
    (decided: RolloutApproval) => {
      if (!rollout) return;
      const approvals = rollout.approvals.map(known =>
        known.id === decided.id ? decided : known,
      );
      setAnswered({ of: rollout, shown: { ...rollout, approvals } });
    },
    [rollout],
  );
  return {
    shown: answered && answered.of === rollout ? answered.shown : rollout,
    show,
    showDecided,
  };
}
