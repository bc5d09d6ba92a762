import { useEffect, useRef } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import { DeniedState, EmptyState, useMay } from '@forkyard/frontend-kit';
import {
  alertReadPermission,
  runbookReadPermission,
} from '@forkyard/plugin-incidents-common';
import { useNamedAlert } from '../../hooks/useNamedAlert';
import { useOpened, type Opened } from '../../hooks/useOpened';
import { AlertList } from '../AlertList';
import { RunbookView } from '../RunbookView';
import { RunPanel } from '../RunPanel';
import { RecentRuns } from './RecentRuns';
import { RunbookList } from './RunbookList';

/** On a phone what is open comes right after the alerts, before the lists. */
const areas = {
  xs: '"alerts" "opened" "lists"',
  md: '"alerts opened" "lists opened"',
};

/** The tab: what is broken, since when, and what to do about it. */
export function RunbooksContent() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const [opened, open] = useOpened();
  const mayReadAlerts = useMay(alertReadPermission, entityRef);
  const mayReadRunbooks = useMay(runbookReadPermission, entityRef);
  const { runbook, run } = opened;
  const name = mayReadAlerts ? opened.alert : undefined;
  const named = useNamedAlert(entityRef, name);
  return (
    <Box
      sx={{
        display: 'grid',
        columnGap: 3,
        rowGap: 3,
        alignItems: 'start',
        gridTemplateAreas: areas,
        gridTemplateRows: { md: 'auto 1fr' },
        gridTemplateColumns: {
          xs: 'minmax(0, 1fr)',
          md: '340px minmax(0, 1fr)',
        },
      }}
    >
      <Box sx={{ gridArea: 'alerts', minWidth: 0 }}>
        {mayReadAlerts ? (
          <AlertList
            entityRef={entityRef}
            selectedAlert={named.value?.alert?.id}
            onOpenRunbook={chosen =>
              open({ runbook: chosen.runbook, alert: chosen.id })
            }
          />
        ) : (
          <DeniedState compact title="You may not see these alerts" />
        )}
      </Box>
      <OpenedArea opened={opened}>
        {run && mayReadRunbooks && (
          <RunPanel
            entityRef={entityRef}
            id={run}
            onClose={() => open({ ...opened, run: undefined })}
          />
        )}
        {runbook && mayReadRunbooks && (
          <RunbookView
            entityRef={entityRef}
            path={runbook}
            alert={name ? named : undefined}
            onStarted={({ id }) => open({ ...opened, run: id })}
          />
        )}
      </OpenedArea>
      <Stack spacing={3} sx={{ gridArea: 'lists', minWidth: 0 }}>
        {mayReadRunbooks ? (
          <>
            <RunbookList
              entityRef={entityRef}
              selected={runbook}
              onSelect={path => open({ runbook: path, alert: opened.alert })}
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
          </>
        ) : (
          <DeniedState compact title="You may not see these runbooks" />
        )}
      </Stack>
    </Box>
  );
}

/** Holds what is open, and brings it before the reader who opened it. */
function OpenedArea(props: {
  opened: Opened;
  children: Array<React.ReactNode>;
}) {
  const { runbook, run } = props.opened;
  const area = useRef<HTMLDivElement>(null);
  const shown = useRef(`${runbook} ${run}`);
  useEffect(() => {
    if (shown.current === `${runbook} ${run}`) return;
    shown.current = `${runbook} ${run}`;
    if (!area.current || (!runbook && !run)) return;
    area.current.focus({ preventScroll: true });
    const { top } = area.current.getBoundingClientRect();
    if (top < 0 || top > window.innerHeight / 2) {
      area.current.scrollIntoView({ block: 'start' });
    }
  }, [runbook, run]);
  const isEmpty = props.children.every(child => !child);
  return (
    <Stack
      ref={area}
      tabIndex={-1}
      spacing={3}
      sx={{
        gridArea: 'opened',
        minWidth: 0,
        outline: 'none',
        display: { xs: isEmpty ? 'none' : 'flex', md: 'flex' },
      }}
    >
      {props.children}
      {isEmpty && (
        <EmptyState
          title="No runbook is open"
          description="Open the runbook of an alert, or choose one from the list: its text and its steps come here."
        />
      )}
    </Stack>
  );
}
