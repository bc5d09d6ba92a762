import { useRef, useState } from 'react';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import AddIcon from '@mui/icons-material/Add';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import type { SealedSecretRef } from '@forkyard/plugin-forks-common';
import { SecretRow } from './SecretRow';

/**
 * Takes secrets. A value is sealed by the backend as soon as it is entered,
 * and only the reference it gave becomes a part of the form; a row whose value
 * is still missing has an empty reference.
 */
export function ForkSecretsField(
  props: FieldExtensionComponentProps<SealedSecretRef[]>,
) {
  const { formData: secrets = [], schema, onChange } = props;
  // Sealing takes a moment in which other rows may change.
  const latest = useRef(secrets);
  latest.current = secrets;
  const [sealingCount, setSealingCount] = useState(0);
  // A value that is not sealed yet lives in its row, wherever the row stands.
  const rows = useRef<{ ids: number[]; next: number }>({ ids: [], next: 0 });
  while (rows.current.ids.length < secrets.length) {
    rows.current.ids.push(rows.current.next++);
  }

  function set(next: SealedSecretRef[]) {
    latest.current = next;
    onChange(next);
  }

  return (
    <Stack
      component="fieldset"
      spacing={2}
      sx={{ border: 0, m: 0, p: 0, minWidth: 0 }}
    >
      <Typography component="legend" variant="subtitle1" sx={{ p: 0 }}>
        {schema.title ?? 'Secrets'}
      </Typography>
      {schema.description && (
        <Typography variant="body2" color="text.secondary">
          {schema.description}
        </Typography>
      )}
      {secrets.map((secret, index) => (
        <SecretRow
          // Rows are only added at the end, and removed while none is sealing.
          key={rows.current.ids[index]}
          number={index + 1}
          secret={secret}
          disabled={props.disabled}
          isRemovable={sealingCount === 0}
          onSealing={isSealing =>
            setSealingCount(count => count + (isSealing ? 1 : -1))
          }
          onChange={part =>
            set(
              latest.current.map((other, position) =>
                position === index ? { ...other, ...part } : other,
              ),
            )
          }
          onRemove={() => {
            rows.current.ids.splice(index, 1);
            set(latest.current.filter((_, position) => position !== index));
          }}
        />
      ))}
      <Button
        size="small"
        startIcon={<AddIcon />}
        disabled={props.disabled}
        onClick={() =>
          set([
            ...latest.current,
            { key: '', ref: '', targets: ['production', 'preview'] },
          ])
        }
        sx={{ alignSelf: 'flex-start' }}
      >
        Add a secret
      </Button>
    </Stack>
  );
}
