import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import {
  entityRouteParams,
  entityRouteRef,
  useEntity,
} from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { RelativeTime, StatusIcon } from '@forkyard/frontend-kit';
import type { SloAlert } from '@forkyard/plugin-slo-common';
import { runbookLink } from '../../presentation/runbookLink';

/** Lists what fires now, since when, with the runbook beside it. */
export function FiringAlerts(props: { alerts: SloAlert[] }) {
  const { alerts } = props;
  const { entity } = useEntity();
  const entityRoute = useRouteRef(entityRouteRef);
  const entityPath = entityRoute?.(entityRouteParams(entity));
  if (alerts.length === 0) return undefined;
  return (
    <Paper
      variant="outlined"
      component="section"
      aria-label="Firing alerts"
      sx={{ borderColor: 'error.main', px: 2, py: 0.5 }}
    >
      <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {alerts.map(alert => (
          <Box
            component="li"
            key={alert.id}
            sx={{
              display: 'flex',
              flexWrap: 'wrap',
              alignItems: 'center',
              columnGap: 1.5,
              rowGap: 0.5,
              py: 1,
              '& + &': { borderTop: 1, borderColor: 'divider' },
            }}
          >
            <StatusIcon
              status={alert.severity === 'page' ? 'failing' : 'degraded'}
            />
            <Box sx={{ flex: '1 1 280px', minWidth: 0 }}>
              <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                {alert.summary}
              </Typography>
              <Typography variant="caption" color="text.secondary">
                {alert.severity === 'page' ? 'Page' : 'Ticket'}, firing since{' '}
                <RelativeTime at={alert.startsAt} />
                {alert.source === 'prometheus' && ', from Prometheus'}
              </Typography>
            </Box>
            {alert.runbook && entityPath && (
              <Button
                size="small"
                variant="outlined"
                component={Link}
                to={runbookLink({
                  entityPath,
                  runbook: alert.runbook,
                  alertId: alert.id,
                })}
              >
                Open runbook
              </Button>
            )}
          </Box>
        ))}
      </Stack>
    </Paper>
  );
}
