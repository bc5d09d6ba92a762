import { Link } from '@backstage/core-components';
import { parseEntityRef } from '@backstage/catalog-model';
import { useApi, useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import {
  ErrorState,
  RelativeTime,
  StatusBadge,
  useSignalOrPoll,
} from '@forkyard/frontend-kit';
import {
  actorName,
  type AwaitedApproval,
  type RolloutsApi,
} from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../../api/rolloutsApiRef';
import { useApprovalRefusal } from '../../hooks/useApprovalRefusal';
import {
  describeRefusal,
  waitsForOthers,
} from '../../presentation/approvalWords';

const POLL_MS = 30_000;
/** A page holds nothing when all that it looked at waits for others. */
const MOST_PAGES = 5;

/** Answers "what waits for my word": rollouts, the longest waiting first. */
export function ApprovalsHomeSection() {
  const api = useApi(rolloutsApiRef);
  const { value, error, refresh } = useSignalOrPoll({
    // Nothing is sent on it yet; what waits for a person is found by polling.
    channel: 'deployments:approvals',
    key: 'awaited-approvals',
    load: signal => loadAwaited(api, signal),
    pollMs: () => POLL_MS,
  });
  // Most days nothing waits, and a section that says so is in the way.
  if (value ? !value.items.length && !value.hasMore : !error) return null;
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Approvals"
      sx={{ p: 2 }}
    >
      <Typography variant="h6" component="h2" sx={{ m: 0, mb: 1 }}>
        Waiting for your approval
      </Typography>
      {value ? (
        <>
          <Box
            component="ul"
            aria-label="Waiting for your approval"
            sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}
          >
            {value.items.map(approval => (
              <Awaited key={approval.id} approval={approval} />
            ))}
          </Box>
          {value.hasMore && (
            <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
              {value.items.length > 0
                ? 'These wait the longest; there may be more.'
                : 'There may be some; too many wait for others to tell.'}
            </Typography>
          )}
        </>
      ) : (
        <ErrorState
          compact
          title="What waits for your approval could not be loaded"
          error={error}
          onRetry={refresh}
        />
      )}
    </Paper>
  );
}

async function loadAwaited(
  api: Pick<RolloutsApi, 'listAwaitedApprovals'>,
  signal: AbortSignal,
): Promise<{ items: AwaitedApproval[]; hasMore: boolean }> {
  const items: AwaitedApproval[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES && !items.length; pages += 1) {
    const page = await api.listAwaitedApprovals({ cursor }, { signal });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (!cursor) break;
  }
  return { items, hasMore: Boolean(cursor) };
}

function Awaited({ approval }: { approval: AwaitedApproval }) {
  const { commit, entityRef, environment, requestedBy, expiresAt } = approval;
  const address = useRolloutAddress(approval);
  const refusal = useApprovalRefusal(approval);
  const title = `${parseEntityRef(entityRef).name} to ${environment}`;
  const version = [commit?.sha.slice(0, 7), commit?.message?.split('\n')[0]]
    .filter(Boolean)
    .join(' ');
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        alignItems: 'center',
        columnGap: 2,
        gridTemplateColumns: { xs: '1fr', sm: '190px minmax(0, 1fr)' },
      }}
    >
      <StatusBadge
        status="waiting"
        label={refusal ? waitsForOthers : 'Approve or reject'}
      />
      <Box sx={{ overflowWrap: 'anywhere' }}>
        {address ? (
          <Link to={address} underline="always">
            {title}
          </Link>
        ) : (
          title
        )}{' '}
        <Typography component="span" variant="body2" color="text.secondary">
          {version && `${version}, `}asked by {actorName(requestedBy)}, ends{' '}
          <RelativeTime at={expiresAt} />
        </Typography>
        {refusal && (
          <Typography variant="body2">{describeRefusal(refusal)}</Typography>
        )}
      </Box>
    </Box>
  );
}

function useRolloutAddress({ entityRef, rolloutId }: AwaitedApproval) {
  const entityRoute = useRouteRef(entityRouteRef);
  if (!entityRoute) return undefined;
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return `${entityRoute({
    kind: kind.toLocaleLowerCase('en-US'),
    namespace: namespace.toLocaleLowerCase('en-US'),
    name,
  })}/deployments?rollout=${encodeURIComponent(rolloutId)}`;
}
