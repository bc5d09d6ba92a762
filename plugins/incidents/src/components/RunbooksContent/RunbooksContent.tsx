import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import { DeniedState, useMay } from '@forkyard/frontend-kit';
import { alertReadPermission } from '@forkyard/plugin-incidents-common';
import { useOpened } from '../../hooks/useOpened';
import { AlertList } from '../AlertList';
import { RunbookView } from '../RunbookView';
import { RunPanel } from '../RunPanel';
import { RecentRuns } from './RecentRuns';
import { RunbookList } from './RunbookList';

/** The tab: what is broken, since when, and what to do about it. */
export function RunbooksContent() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const [opened, open] = useOpened();
  const mayRead = useMay(alertReadPermission, entityRef);
  const { runbook, alert, run } = opened;
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 3,
        alignItems: 'start',
        gridTemplateColumns: {
          xs: 'minmax(0, 1fr)',
          md: '340px minmax(0, 1fr)',
        },
      }}
    >
      <Stack spacing={3} sx={{ minWidth: 0 }}>
        {mayRead ? (
          <AlertList
            entityRef={entityRef}
            selectedAlert={alert}
            onOpenRunbook={chosen =>
              open({ runbook: chosen.runbook, alert: chosen.id })
            }
          />
        ) : (
          <DeniedState compact title="You may not see these alerts" />
        )}
        <RunbookList
          entityRef={entityRef}
          selected={runbook}
          onSelect={path => open({ runbook: path, alert })}
        />
        <RecentRuns
          entityRef={entityRef}
          selected={run}
          onSelect={chosen =>
            open({
              runbook: chosen.runbookPath,
              alert: chosen.alertId,
              run: chosen.id,
            })
          }
        />
      </Stack>
      <Stack spacing={3} sx={{ minWidth: 0 }}>
        {run && (
          <RunPanel
            entityRef={entityRef}
            id={run}
            onClose={() => open({ runbook, alert })}
          />
        )}
        {runbook && (
          <RunbookView
            entityRef={entityRef}
            path={runbook}
            alertId={alert}
            onStarted={({ id }) => open({ runbook, alert, run: id })}
          />
        )}
      </Stack>
    </Box>
  );
}
