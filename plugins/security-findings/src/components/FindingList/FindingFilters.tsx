import { useEffect, useState } from 'react';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import {
  FINDING_SEVERITIES,
  FINDING_SOURCES,
  FINDING_STATES,
} from '@forkyard/plugin-security-findings-common';
import type { ChosenFilter } from '../../hooks/useFindingFilter';
import {
  severityTitles,
  sourceTitles,
  stateTitles,
} from '../../presentation/findingWords';

/** Narrows the list by severity, state, source, due date and text. */
export function FindingFilters({ chosen }: { chosen: ChosenFilter }) {
  return (
    <Stack
      direction="row"
      spacing={1}
      useFlexGap
      sx={{ flexWrap: 'wrap', alignItems: 'center' }}
    >
      <Choice
        label="Severity"
        all="All"
        value={chosen.severity}
        choices={FINDING_SEVERITIES.map(value => [
          value,
          severityTitles[value],
        ])}
        onChange={value => chosen.set('severity', value)}
      />
      <Choice
        label="State"
        all="Open"
        value={chosen.state}
        choices={[
          ...FINDING_STATES.filter(value => value !== 'open').map(
            (value): [string, string] => [value, stateTitles[value]],
          ),
          ['all', 'All'],
        ]}
        onChange={value => chosen.set('state', value)}
      />
      <Choice
        label="Source"
        all="All"
        value={chosen.source}
        choices={FINDING_SOURCES.map(value => [value, sourceTitles[value]])}
        onChange={value => chosen.set('source', value)}
      />
      <SearchField
        value={chosen.search}
        onSearch={value => chosen.set('search', value)}
      />
      <FormControlLabel
        label="Overdue only"
        control={
          <Checkbox
            size="small"
            checked={chosen.overdue}
            onChange={event =>
              chosen.set('overdue', event.target.checked ? 'true' : undefined)
            }
          />
        }
      />
    </Stack>
  );
}

function Choice(props: {
  label: string;
  /** What no choice means. */
  all: string;
  value?: string;
  choices: [string, string][];
  onChange: (value: string) => void;
}) {
  const known = props.choices.some(([value]) => value === props.value);
  return (
    <TextField
      select
      size="small"
      label={props.label}
      value={known ? props.value : ''}
      onChange={event => props.onChange(event.target.value)}
      SelectProps={{ displayEmpty: true }}
      InputLabelProps={{ shrink: true }}
      sx={{ minWidth: 140 }}
    >
      <MenuItem value="">{props.all}</MenuItem>
      {props.choices.map(([value, title]) => (
        <MenuItem key={value} value={value}>
          {title}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** Searches when Enter is pressed or the field is left, not at every letter. */
function SearchField(props: {
  value: string;
  onSearch: (value: string) => void;
}) {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  return (
    <form
      role="search"
      onSubmit={event => {
        event.preventDefault();
        props.onSearch(text.trim());
      }}
    >
      <TextField
        size="small"
        type="search"
        label="Search"
        placeholder="Rule, path, package, CVE"
        value={text}
        onChange={event => setText(event.target.value)}
        onBlur={() => {
          if (text.trim() !== props.value) props.onSearch(text.trim());
        }}
        InputLabelProps={{ shrink: true }}
        inputProps={{ maxLength: 200 }}
      />
    </form>
  );
}
