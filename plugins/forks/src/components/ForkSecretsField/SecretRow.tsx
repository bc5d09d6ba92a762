import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormGroup from '@mui/material/FormGroup';
import IconButton from '@mui/material/IconButton';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import DeleteIcon from '@mui/icons-material/DeleteOutline';
import LockIcon from '@mui/icons-material/LockOutlined';
import type {
  EnvironmentTarget,
  SealedSecretRef,
} from '@forkyard/plugin-forks-common';
import { SealingField } from './SealingField';

const targets: EnvironmentTarget[] = ['production', 'preview', 'development'];

/** One secret: its name, its value until it is sealed, and where it is set. */
export function SecretRow(props: {
  number: number;
  secret: SealedSecretRef;
  disabled: boolean;
  isRemovable: boolean;
  onSealing: (isSealing: boolean) => void;
  onChange: (part: Partial<SealedSecretRef>) => void;
  onRemove: () => void;
}) {
  const { number, secret, disabled, onChange } = props;
  const name = secret.key || `secret ${number}`;
  return (
    <Stack
      role="group"
      aria-label={`Secret ${number}`}
      spacing={1}
      sx={{ borderLeft: 2, borderColor: 'divider', pl: 2 }}
    >
      <Stack
        direction={{ xs: 'column', sm: 'row' }}
        spacing={1}
        sx={{ alignItems: { sm: 'flex-start' } }}
      >
        <TextField
          size="small"
          label="Name"
          value={secret.key}
          disabled={disabled}
          onChange={event => onChange({ key: event.target.value })}
          inputProps={{ autoComplete: 'off', spellCheck: false }}
          InputProps={{ sx: { fontFamily: 'monospace' } }}
          sx={{ flex: 1 }}
        />
        <Box sx={{ flex: 1 }}>
          {secret.ref ? (
            <SealedValue
              name={name}
              disabled={disabled}
              onReplace={() => onChange({ ref: '' })}
            />
          ) : (
            <SealingField
              disabled={disabled}
              onSealing={props.onSealing}
              onSealed={ref => onChange({ ref })}
            />
          )}
        </Box>
        <Tooltip title={`Remove ${name}`}>
          <span>
            <IconButton
              aria-label={`Remove ${name}`}
              disabled={disabled || !props.isRemovable}
              onClick={props.onRemove}
            >
              <DeleteIcon />
            </IconButton>
          </span>
        </Tooltip>
      </Stack>
      <FormGroup row aria-label={`Environments of ${name}`}>
        {targets.map(target => (
          <FormControlLabel
            key={target}
            label={target}
            disabled={disabled}
            control={
              <Checkbox
                size="small"
                checked={secret.targets.includes(target)}
                onChange={(_, checked) =>
                  onChange({
                    targets: targets.filter(other =>
                      other === target
                        ? checked
                        : secret.targets.includes(other),
                    ),
                  })
                }
              />
            }
          />
        ))}
      </FormGroup>
    </Stack>
  );
}

function SealedValue(props: {
  name: string;
  disabled: boolean;
  onReplace: () => void;
}) {
  return (
    <Stack
      direction="row"
      spacing={1}
      sx={{ alignItems: 'center', height: 40 }}
    >
      <LockIcon aria-hidden fontSize="small" color="action" />
      <Typography role="status">Sealed</Typography>
      <Button
        size="small"
        aria-label={`Replace ${props.name}`}
        disabled={props.disabled}
        onClick={props.onReplace}
      >
        Replace
      </Button>
    </Stack>
  );
}
