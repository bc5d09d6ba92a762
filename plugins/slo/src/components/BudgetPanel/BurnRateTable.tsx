import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { StatusBadge } from '@forkyard/frontend-kit';
import type { BurnState, Slo } from '@forkyard/plugin-slo-common';
import { formatWindow } from '../../presentation/sloWords';

/** Shows how fast the budget burns over each pair of windows, and from where on that alerts. */
export function BurnRateTable({ slo }: { slo: Slo }) {
  if (slo.burn.length === 0) return undefined;
  return (
    <Box>
      <Typography variant="subtitle2" component="h4">
        Burn rate
      </Typography>
      <Typography variant="caption" color="text.secondary" component="p">
        At 1 the budget lasts exactly {slo.windowDays} days. An alert fires when
        both windows exceed the limit.
      </Typography>
      <Box
        role="region"
        aria-label={`Burn rate of ${slo.title}`}
        tabIndex={0}
        sx={{
          overflowX: 'auto',
          '& table': {
            borderCollapse: 'collapse',
            typography: 'body2',
            fontVariantNumeric: 'tabular-nums',
          },
          '& th, & td': {
            textAlign: 'left',
            py: 0.75,
            pr: { xs: 2, sm: 4 },
            whiteSpace: 'nowrap',
          },
          '& thead th': {
            typography: 'caption',
            color: 'text.secondary',
          },
          '& tbody th': { fontWeight: 400 },
          '& tbody tr': { borderTop: 1, borderColor: 'divider' },
        }}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">Windows</th>
              <th scope="col">Now</th>
              <th scope="col">Rate</th>
              <th scope="col">Limit</th>
              <th scope="col">Then</th>
            </tr>
          </thead>
          <tbody>
            {slo.burn.map((burn, index) => (
              <tr key={index}>
                <th scope="row">
                  {formatWindow(burn.longWindowMinutes)} and{' '}
                  {formatWindow(burn.shortWindowMinutes)}
                </th>
                <td>
                  <BurnBadge burn={burn} />
                </td>
                <td>
                  {formatRate(burn.longBurnRate)} and{' '}
                  {formatRate(burn.shortBurnRate)}
                </td>
                <td>{formatRate(burn.factor)}</td>
                <td>{burn.severity === 'page' ? 'page' : 'ticket'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Box>
    </Box>
  );
}

function BurnBadge({ burn }: { burn: BurnState }) {
  if (burn.firing) {
    return (
      <StatusBadge
        status={burn.severity === 'page' ? 'failing' : 'degraded'}
        label="Firing"
      />
    );
  }
  if (burn.heldBack) {
    return (
      <StatusBadge
        status="unknown"
        label="Held back"
        reason="Both rates exceed the limit, but of so few requests that one user's bad luck explains it."
      />
    );
  }
  const known =
    burn.longBurnRate !== undefined && burn.shortBurnRate !== undefined;
  return known ? (
    <StatusBadge status="healthy" label="Below" />
  ) : (
    <StatusBadge
      status="unknown"
      reason="There were no requests in one of the windows."
    />
  );
}

function formatRate(rate: number | undefined): string {
  if (rate === undefined) return 'unknown';
  return rate.toLocaleString(undefined, {
    maximumFractionDigits: rate < 10 ? 2 : 1,
  });
}
