import { useEffect, useId, useState, type ReactNode } from 'react';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { ErrorState } from '../states/ErrorState';

/** @public */
export interface ConfirmDialogProps {
  open: boolean;
  /** The question, naming the thing: "Unwind image-studio?" */
  title: string;
  /** What will happen, to what, and what it will not undo. */
  children: ReactNode;
  /** The verb and the object: "Unwind image-studio". */
  confirmLabel: string;
  /** Said when `onConfirm` fails, for example "image-studio was not unwound". */
  failureTitle: string;
  /** Whether it takes something away. */
  destructive?: boolean;
  /** The dialog closes when it resolves, and says why when it rejects. */
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/**
 * Asks before something with consequences is done.
 *
 * @public
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onClose } = props;
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const titleId = useId();
  const textId = useId();

  useEffect(() => {
    if (open) setError(undefined);
  }, [open]);

  async function confirm() {
    setPending(true);
    setError(undefined);
    try {
      await props.onConfirm();
      onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setPending(false);
    }
  }

  return (
    <Dialog
      open={open}
      onClose={pending ? undefined : onClose}
      aria-labelledby={titleId}
      aria-describedby={textId}
      fullWidth
      maxWidth="sm"
    >
      <DialogTitle id={titleId}>{props.title}</DialogTitle>
      <DialogContent id={textId}>
        {props.children}
        {error !== undefined && (
          <ErrorState
            compact
            title={props.failureTitle}
            lost="Nothing was changed."
            error={error}
          />
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} disabled={pending}>
          Cancel
        </Button>
        <Button
          variant="contained"
          color={props.destructive ? 'error' : 'primary'}
          disabled={pending}
          onClick={confirm}
        >
          {props.confirmLabel}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
