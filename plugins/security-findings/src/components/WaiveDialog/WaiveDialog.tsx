import { useState } from 'react';
import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import {
  findWaiverFaults,
  WAIVER_REASON_MAX_LENGTH,
  type Finding,
} from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../../api/securityFindingsApiRef';
import { FormDialog } from '../FormDialog';

const usualDays = 90;
const dayMs = 24 * 60 * 60_000;

/** The day, in UTC, that is some days after a time. */
function dayAfter(at: number, days: number): string {
  return new Date(at + days * dayMs).toISOString().slice(0, 10);
}

/** A waiver lasts through the day that was named, in UTC. */
function endOfDay(day: string): string {
  const end = new Date(`${day}T23:59:59Z`);
  return Number.isNaN(end.getTime()) ? '' : end.toISOString();
}

/** Asks why a finding may stay, and until when. */
export function WaiveDialog(props: {
  finding: Finding;
  onDone: (finding: Finding) => void;
  onClose: () => void;
}) {
  const { finding } = props;
  const api = useApi(securityFindingsApiRef);
  const toast = useApi(toastApiRef);
  const [reason, setReason] = useState(finding.waiver?.reason ?? '');
  const [day, setDay] = useState(() => dayAfter(Date.now(), usualDays));
  const [faults, setFaults] = useState<ReturnType<typeof findWaiverFaults>>({});
  async function waive() {
    const expiresAt = endOfDay(day);
    const found = findWaiverFaults({ reason, expiresAt, now: new Date() });
    setFaults(found);
    if (found.reason || found.expiresAt) return false;
    const waived = await api.waiveFinding({
      id: finding.id,
      reason: reason.trim(),
      expiresAt,
    });
    toast.post({
      title: `Waived until ${day}: ${finding.title}`,
      status: 'success',
      timeout: 6_000,
    });
    props.onDone(waived);
    return true;
  }
  return (
    <FormDialog
      title="Waive this finding?"
      submitLabel="Waive finding"
      failureTitle="The finding was not waived"
      onSubmit={waive}
      onClose={props.onClose}
    >
      <Typography sx={{ overflowWrap: 'anywhere' }}>{finding.title}</Typography>
      <Typography variant="body2" color="text.secondary">
        It no longer counts as open or overdue until the waiver ends, and then
        is open again by itself. Nothing is fixed by it, and nothing is changed
        at the source. Your name and the reason are kept.
      </Typography>
      <TextField
        required
        multiline
        minRows={3}
        label="Why may it stay?"
        value={reason}
        onChange={event => setReason(event.target.value)}
        error={Boolean(faults.reason)}
        helperText={
          faults.reason ?? 'Everybody who may see the finding sees it.'
        }
        inputProps={{ maxLength: WAIVER_REASON_MAX_LENGTH }}
      />
      <TextField
        required
        type="date"
        label="Until the end of (UTC)"
        value={day}
        onChange={event => setDay(event.target.value)}
        error={Boolean(faults.expiresAt)}
        helperText={faults.expiresAt ?? 'A year from now at most.'}
        InputLabelProps={{ shrink: true }}
      />
    </FormDialog>
  );
}
