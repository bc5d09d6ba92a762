import { useState, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { Link } from '@backstage/core-components';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  ConfirmDialog,
  ErrorState,
  RelativeTime,
  StatusBadge,
  useMay,
} from '@forkyard/frontend-kit';
import {
  alertUpdatePermission,
  type Alert,
} from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../../api/incidentsApiRef';
import { useAction } from '../../hooks/useAction';
import {
  alertStatus,
  personName,
  severityWords,
  sourceWords,
} from '../../presentation/alertWords';

/** Shows one alert of an entity, with what can be done about it beside it. */
export function AlertItem(props: {
  alert: Alert;
  entityRef: string;
  selected: boolean;
  onOpenRunbook?: () => void;
  onChanged: () => void;
}) {
  const { alert, entityRef, selected, onOpenRunbook, onChanged } = props;
  const api = useApi(incidentsApiRef);
  const mayUpdate = useMay(alertUpdatePermission, entityRef, {
    meanwhile: false,
  });
  const [resolving, setResolving] = useState(false);
  const acknowledging = useAction(async () => {
    await api.acknowledgeAlert({ id: alert.id });
    onChanged();
  });
  const { status, label } = alertStatus(alert);
  return (
    <Box
      component="li"
      aria-current={selected || undefined}
      sx={{
        py: 1.5,
        pl: 1.5,
        borderLeft: 3,
        borderColor: selected ? 'primary.main' : 'transparent',
      }}
    >
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
        <StatusBadge status={status} label={label} />
        <Typography
          variant="body2"
          sx={{ fontWeight: 600, minWidth: 0, overflowWrap: 'anywhere' }}
        >
          {alert.title}
        </Typography>
      </Stack>
      {alert.summary && (
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {alert.summary}
        </Typography>
      )}
      <Typography variant="caption" color="text.secondary" component="p">
        <AlertFacts alert={alert} />
      </Typography>
      {alert.state !== 'resolved' && (
        <Stack
          direction="row"
          spacing={1}
          useFlexGap
          sx={{ flexWrap: 'wrap', mt: 0.5 }}
        >
          {onOpenRunbook && (
            <Button size="small" variant="contained" onClick={onOpenRunbook}>
              Open runbook
            </Button>
          )}
          {mayUpdate && alert.state === 'firing' && (
            <Button
              size="small"
              variant="outlined"
              disabled={acknowledging.running}
              onClick={() => acknowledging.run()}
            >
              Acknowledge
            </Button>
          )}
          {mayUpdate && (
            <Button size="small" onClick={() => setResolving(true)}>
              Resolve
            </Button>
          )}
        </Stack>
      )}
      {acknowledging.error !== undefined && (
        <ErrorState
          compact
          title="The alert was not acknowledged"
          error={acknowledging.error}
        />
      )}
      <ResolveDialog
        open={resolving}
        alert={alert}
        onClose={() => setResolving(false)}
        onChanged={onChanged}
      />
    </Box>
  );
}

function AlertFacts({ alert }: { alert: Alert }): ReactNode {
  return (
    <>
      {severityWords[alert.severity]} from {sourceWords[alert.source]}, since{' '}
      <RelativeTime at={alert.startsAt} />
      {alert.acknowledgedBy && alert.acknowledgedAt && (
        <>
          , acknowledged by {personName(alert.acknowledgedBy)}{' '}
          <RelativeTime at={alert.acknowledgedAt} />
        </>
      )}
      {alert.endsAt && (
        <>
          , resolved{' '}
          {alert.resolvedBy
            ? `by ${personName(alert.resolvedBy)} `
            : 'at its source '}
          <RelativeTime at={alert.endsAt} />
        </>
      )}
      {alert.state === 'resolved' &&
        alert.firingAtSource &&
        ', still firing at its source'}
      {isWebAddress(alert.url) && (
        <>
          .{' '}
          <Link to={alert.url} underline="always">
            See it at its source
          </Link>
        </>
      )}
    </>
  );
}

/** Any other scheme may do something else than show a page. */
function isWebAddress(url: string | undefined): url is string {
  return /^https?:\/\//.test(url ?? '');
}

function ResolveDialog(props: {
  open: boolean;
  alert: Alert;
  onClose: () => void;
  onChanged: () => void;
}) {
  const { open, alert, onClose, onChanged } = props;
  const api = useApi(incidentsApiRef);
  const [comment, setComment] = useState('');
  return (
    <ConfirmDialog
      open={open}
      title={`Resolve "${alert.title}" by hand?`}
      confirmLabel="Resolve the alert"
      failureTitle="The alert was not resolved"
      onClose={onClose}
      onConfirm={async () => {
        if (!comment.trim()) throw new Error('Say why it is over');
        await api.resolveAlert({ id: alert.id, comment });
        setComment('');
        onChanged();
      }}
    >
      <Stack spacing={2}>
        <Typography variant="body2">
          It is taken off the list and its owners see why. Nothing is repaired
          by it: while its cause lasts, a new alert may begin.
        </Typography>
        <TextField
          required
          multiline
          label="Why it is over"
          inputProps={{ maxLength: 2000 }}
          value={comment}
          onChange={event => setComment(event.target.value)}
        />
      </Stack>
    </ConfirmDialog>
  );
}
