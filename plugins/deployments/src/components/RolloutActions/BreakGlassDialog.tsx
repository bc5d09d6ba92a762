import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import TextField from '@mui/material/TextField';
import { rolloutsApiRef } from '../../api/rolloutsApiRef';
import { ConfirmDialog, Consequences } from '../DeploymentActions';
import { CommentField } from './CommentField';

const longestMinutes = 240;

/** Lets an environment's freeze and error budget stop nothing for a while. */
export function BreakGlassDialog(props: {
  entityRef: string;
  environment: string;
  /** Why nothing would come of it any more. */
  refusal?: string;
  onDone: () => void;
  onClose: () => void;
}) {
  const { entityRef, environment } = props;
  const api = useApi(rolloutsApiRef);
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState('30');
  const count = Number(minutes);
  const valid =
    Number.isInteger(count) && count >= 1 && count <= longestMinutes;
  async function override() {
    await api.overrideGates({
      entityRef,
      environment,
      reason: reason.trim(),
      minutes: count,
    });
    props.onDone();
  }
  return (
    <ConfirmDialog
      title={`Break the glass of ${environment}?`}
      confirmLabel={`Break the glass of ${environment}`}
      destructive
      incomplete={!valid || !reason.trim()}
      refusal={props.refusal}
      onConfirm={override}
      onClose={props.onClose}
    >
      <Consequences
        items={[
          {
            term: 'What will happen',
            description: `For the time below, new versions may get ${environment}'s traffic although a freeze window is in force or the error budget is spent. It ends by itself.`,
          },
          {
            term: 'What still holds',
            description:
              'Approvals, the checks of the commit, and the verdict on its traffic.',
          },
          {
            term: 'Who will know',
            description:
              'Your name and the reason are kept in the audit and shown on this page.',
          },
        ]}
      />
      <CommentField
        label="Reason"
        value={reason}
        required
        onChange={setReason}
      />
      <TextField
        label="Minutes"
        type="number"
        size="small"
        required
        value={minutes}
        error={!valid}
        helperText={`1 to ${longestMinutes}`}
        inputProps={{ min: 1, max: longestMinutes, step: 1 }}
        sx={{ maxWidth: 160 }}
        onChange={event => setMinutes(event.target.value)}
      />
    </ConfirmDialog>
  );
}
