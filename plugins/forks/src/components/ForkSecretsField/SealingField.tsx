import { useEffect, useRef, useState } from 'react';
import TextField from '@mui/material/TextField';
import { useApi } from '@backstage/frontend-plugin-api';
import { asSentences, describeError } from '@forkyard/frontend-kit';
import { forksApiRef } from '../../api/forksApiRef';

/**
 * Takes the value of one secret and gives it to the backend to seal as soon as
 * the reader leaves the field or presses Enter. The value lives in this
 * component only, until it is sealed.
 */
export function SealingField(props: {
  disabled: boolean;
  onSealing: (isSealing: boolean) => void;
  onSealed: (ref: string) => void;
}) {
  const forksApi = useApi(forksApiRef);
  const [value, setValue] = useState('');
  const [sealing, setSealing] = useState(false);
  const [error, setError] = useState<unknown>();
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  async function seal() {
    if (!value || sealing) return;
    setSealing(true);
    props.onSealing(true);
    try {
      const { ref } = await forksApi.sealSecret({ value });
      if (mounted.current) props.onSealed(ref);
    } catch (caught) {
      setError(caught);
    } finally {
      setSealing(false);
      props.onSealing(false);
    }
  }

  return (
    <TextField
      size="small"
      fullWidth
      type="password"
      label="Value"
      value={value}
      disabled={props.disabled}
      error={error !== undefined}
      helperText={hint(sealing, error)}
      onChange={event => {
        setError(undefined);
        setValue(event.target.value);
      }}
      onBlur={seal}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          // Enter would otherwise send the whole form.
          event.preventDefault();
          seal();
        }
      }}
      // A field that is disabled loses the focus, and with it Enter.
      inputProps={{ autoComplete: 'new-password', readOnly: sealing }}
    />
  );
}

function hint(sealing: boolean, error: unknown): string {
  if (sealing) return 'Sealing';
  if (error === undefined) return 'Sealed when you leave the field';
  return asSentences(
    `Not sealed: ${describeError(error).message}`,
    'Press Enter here to try again',
  );
}
