import { useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Stack from '@mui/material/Stack';
import { ErrorState } from '@forkyard/frontend-kit';

/** Leaves the focus where it is when somebody was quicker than the dialog. */
function focusFirstField(form: HTMLFormElement | null): void {
  if (form?.contains(document.activeElement)) return;
  form?.querySelector<HTMLElement>('input, textarea')?.focus();
}

/**
 * Asks for a few values before an action; the button repeats the verb and the
 * object. Stays open with the reason when the action fails.
 */
export function FormDialog(props: {
  title: string;
  /** Verb and object, for example "Waive CVE-2021-23337". */
  submitLabel: string;
  /** Said when it fails, for example "The finding was not waived". */
  failureTitle: string;
  /** Resolves to whether the dialog is done. */
  onSubmit: () => Promise<boolean>;
  onClose: () => void;
  children: ReactNode;
}) {
  const titleId = useId();
  const formRef = useRef<HTMLFormElement>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  async function submit(event: FormEvent) {
    event.preventDefault();
    setPending(true);
    setError(undefined);
    try {
      if (await props.onSubmit()) props.onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setPending(false);
    }
  }
  return (
    <Dialog
      open
      fullWidth
      maxWidth="sm"
      aria-labelledby={titleId}
      onClose={pending ? undefined : props.onClose}
      TransitionProps={{
        onEntered: () => focusFirstField(formRef.current),
      }}
    >
      <form ref={formRef} noValidate onSubmit={submit}>
        <DialogTitle id={titleId}>{props.title}</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {props.children}
            {error !== undefined && (
              <ErrorState
                compact
                title={props.failureTitle}
                error={error}
                lost="Nothing was changed."
              />
            )}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={props.onClose} disabled={pending}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" disabled={pending}>
            {props.submitLabel}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
