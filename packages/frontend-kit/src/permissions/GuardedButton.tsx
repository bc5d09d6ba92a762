import Button, { type ButtonProps } from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';

/**
 * A button that, when refused, stays reachable by the keyboard and says why
 * instead of acting. It is one element either way: a reason that comes later
 * does not take the focus away.
 *
 * @public
 */
export function GuardedButton(props: {
  label: string;
  /** Verb and object, for a screen reader. Default: the label. */
  name?: string;
  /** Why it may not be pressed; absent when it may. */
  refusal?: string;
  variant?: ButtonProps['variant'];
  color?: ButtonProps['color'];
  onClick: () => void;
}) {
  const { label, name, refusal = '', variant, color, onClick } = props;
  const isRefused = refusal !== '';
  return (
    <Tooltip title={refusal} describeChild>
      <Button
        size="small"
        variant={isRefused && variant === 'contained' ? 'outlined' : variant}
        color={isRefused ? 'inherit' : color}
        aria-label={name}
        aria-disabled={isRefused || undefined}
        disableRipple={isRefused}
        sx={isRefused ? { color: 'text.secondary', cursor: 'not-allowed' } : {}}
        onClick={isRefused ? undefined : onClick}
      >
        {label}
      </Button>
    </Tooltip>
  );
}
