import { useApi } from '@backstage/frontend-plugin-api';
import type {
  ApprovalRefusal,
  RolloutApproval,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';
import { useAskedOnce } from './useAskedOnce';

/**
 * Asks once why the reader may not give an approval. Nothing while that is not
 * known, also when it cannot be asked: the backend judges again at the decision.
 */
export function useApprovalRefusal(
  approval: Pick<RolloutApproval, 'id' | 'rolloutId'> | undefined,
): ApprovalRefusal | undefined {
  const api = useApi(rolloutsApiRef);
  const answer = useAskedOnce(approval?.id, signal =>
    api.getApprovalRefusal(
      { rolloutId: approval?.rolloutId ?? '' },
      { signal },
    ),
  );
  return answer?.refusal;
}
