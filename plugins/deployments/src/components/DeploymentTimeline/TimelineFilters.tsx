import { useSearchParams } from 'react-router-dom';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { environmentTitle } from '../../presentation/deploymentWords';
import { readFilter, stateChoices } from './timelineFilter';

/** Narrows the timeline to an environment and a state. */
export function TimelineFilters(props: { environments: string[] }) {
  const [search, setSearch] = useSearchParams();
  const filter = readFilter(search);
  function set(key: string, value: string) {
    setSearch(
      before => {
        const after = new URLSearchParams(before);
        if (value) after.set(key, value);
        else after.delete(key);
        return after;
      },
      { replace: true },
    );
  }
  // An environment from the address is offered even when it is not known.
  const environments = [
    ...new Set([...props.environments, filter.environment ?? '']),
  ].filter(Boolean);
  return (
    <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
      <TextField
        select
        size="small"
        label="Environment"
        value={filter.environment ?? ''}
        onChange={event => set('environment', event.target.value)}
        SelectProps={{ displayEmpty: true }}
        InputLabelProps={{ shrink: true }}
        sx={{ minWidth: 160 }}
      >
        <MenuItem value="">All</MenuItem>
        {environments.map(environment => (
          <MenuItem key={environment} value={environment}>
            {environmentTitle(environment)}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        select
        size="small"
        label="State"
        value={filter.stateChoice ?? ''}
        onChange={event => set('state', event.target.value)}
        SelectProps={{ displayEmpty: true }}
        InputLabelProps={{ shrink: true }}
        sx={{ minWidth: 140 }}
      >
        <MenuItem value="">All</MenuItem>
        {Object.entries(stateChoices).map(([key, { label }]) => (
          <MenuItem key={key} value={key}>
            {label}
          </MenuItem>
        ))}
      </TextField>
    </Stack>
  );
}
