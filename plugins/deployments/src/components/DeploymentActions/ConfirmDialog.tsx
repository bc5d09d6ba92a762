import { useId, type ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import { asSentences, ErrorState } from '@forkyard/frontend-kit';
import { useAsyncAction } from '../../hooks/useAsyncAction';

/**
 * Asks before an action; the button repeats the verb and the object. Stays
 * open with the reason when the action fails, and says so when what it asks
 * about changes meanwhile.
 */
export function ConfirmDialog(props: {
  title: string;
  /** Verb and object, for example "Promote 3f2c1a9". */
  confirmLabel: string;
  /** Whether something is still missing that the action needs. */
  incomplete?: boolean;
  /** Why it cannot be done any more; absent while it can. */
  refusal?: string;
  /** What changed since the dialog was opened, see `useChange`. */
  changed?: string;
  /** Whether it takes traffic or a decision away. */
  destructive?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}) {
  const titleId = useId();
  const confirming = useAsyncAction(async () => {
    await props.onConfirm();
    props.onClose();
  });
  // What the action itself changes is no news to whoever pressed the button.
  const refusal = confirming.running ? undefined : props.refusal;
  const changed = confirming.running ? undefined : props.changed;
  return (
    <Dialog
      open
      fullWidth
      maxWidth="sm"
      aria-labelledby={titleId}
      onClose={props.onClose}
    >
      <DialogTitle id={titleId}>{props.title}</DialogTitle>
      <DialogContent>
        <Stack spacing={2}>
          <div role="status">
            {(changed || refusal) && (
              <Alert role="none" severity={refusal ? 'warning' : 'info'}>
                {asSentences(changed, refusal)}
              </Alert>
            )}
          </div>
          {props.children}
          {confirming.error && (
            <ErrorState
              compact
              title={`Could not ${lowerFirst(props.confirmLabel)}`}
              error={confirming.error}
              lost="Nothing was changed."
            />
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={props.onClose}>Cancel</Button>
        <Button
          variant="contained"
          color={props.destructive ? 'error' : 'primary'}
          disabled={
            confirming.running || props.incomplete || refusal !== undefined
          }
          onClick={confirming.run}
        >
          {props.confirmLabel}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLocaleLowerCase('en') + text.slice(1);
}
