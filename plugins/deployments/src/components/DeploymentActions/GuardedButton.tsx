import Button, { type ButtonProps } from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';

/**
 * A button that, when refused, stays reachable by the keyboard and says why
 * instead of acting.
 */
export function GuardedButton(props: {
  label: string;
  /** Verb and object, for a screen reader. */
  name: string;
  /** Why it may not be pressed; absent when it may. */
  refusal?: string;
  variant?: ButtonProps['variant'];
  color?: ButtonProps['color'];
  onClick: () => void;
}) {
  const { label, name, refusal, variant, color } = props;
  // One element whether refused or not: a reason that comes later must not take
  // the focus away.
  return (
    <Tooltip title={refusal ?? ''} describeChild>
      {refusal ? (
        <Button
          size="small"
          variant={variant === 'contained' ? 'outlined' : variant}
          color="inherit"
          aria-label={name}
          aria-disabled
          disableRipple
          sx={{ color: 'text.secondary', cursor: 'not-allowed' }}
        >
          {label}
        </Button>
      ) : (
        <Button
          size="small"
          variant={variant}
          color={color}
          aria-label={name}
          onClick={props.onClick}
        >
          {label}
        </Button>
      )}
    </Tooltip>
  );
}
