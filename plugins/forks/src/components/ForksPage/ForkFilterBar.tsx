import { useEffect, useRef, useState } from 'react';
import { humanizeEntityRef } from '@backstage/plugin-catalog-react';
import { parseEntityRef } from '@backstage/catalog-model';
import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { BUDGET_STANDING_WORDS } from '@forkyard/plugin-cost-common';
import type { ForksSummary } from '@forkyard/plugin-forks-common';
import { ownedByMe, type ForkFilters } from '../../hooks/useForkFilters';

type Option<T extends string = string> = { value: T; label: string };

const budgetOptions: Option<ForkFilters['budget']>[] = [
  { value: '', label: 'Any budget' },
  { value: 'exhausted', label: 'Spent' },
  { value: 'burning', label: 'Burning' },
  { value: 'ok', label: 'Within budget' },
  { value: 'unknown', label: 'Unknown' },
];

const costOptions: Option<ForkFilters['cost']>[] = [
  { value: '', label: 'Any cost' },
  { value: 'over', label: BUDGET_STANDING_WORDS.over },
  { value: 'forecast-over', label: BUDGET_STANDING_WORDS['forecast-over'] },
  { value: 'within', label: BUDGET_STANDING_WORDS.within },
  { value: 'unknown', label: 'Unknown' },
];

const findingsOptions: Option<ForkFilters['findings']>[] = [
  { value: '', label: 'Any findings' },
  { value: 'critical', label: 'With criticals' },
  { value: 'overdue', label: 'Overdue' },
  { value: 'ok', label: 'Neither' },
  { value: 'unknown', label: 'Unknown' },
];

const alertOptions: Option<'' | 'firing'>[] = [
  { value: '', label: 'Any alerts' },
  { value: 'firing', label: 'Firing' },
];

/** Time without a key before the list is asked for again. */
const typingPauseMs = 250;

/** Narrows the portfolio by words, owner and system. */
export function ForkFilterBar(props: {
  summary?: ForksSummary;
  filters: ForkFilters;
  onChange: (part: Partial<ForkFilters>) => void;
}) {
  const { summary, filters, onChange } = props;
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: {
          xs: 'repeat(2, minmax(0, 1fr))',
          sm: 'repeat(4, minmax(0, 1fr))',
          xl: 'repeat(8, minmax(0, 1fr))',
        },
        '& > :first-of-type': { gridColumn: { xs: '1 / -1', sm: 'span 2' } },
      }}
    >
      <SearchField
        search={filters.search}
        onChange={search => onChange({ search })}
      />
      <FilterSelect
        label="Owner"
        value={filters.owner}
        options={[
          { value: '', label: 'All owners' },
          { value: ownedByMe, label: 'Mine' },
          ...refOptions(summary?.owners, filters.owner, 'group'),
        ]}
        onChange={owner => onChange({ owner })}
      />
      <FilterSelect
        label="System"
        value={filters.system}
        options={[
          { value: '', label: 'All systems' },
          ...refOptions(summary?.systems, filters.system, 'system'),
        ]}
        onChange={system => onChange({ system })}
      />
      <FilterSelect
        label="Error budget"
        value={filters.budget}
        options={budgetOptions}
        onChange={budget => onChange({ budget })}
      />
      <FilterSelect
        label="Cost"
        value={filters.cost}
        options={costOptions}
        onChange={cost => onChange({ cost })}
      />
      <FilterSelect
        label="Findings"
        value={filters.findings}
        options={findingsOptions}
        onChange={findings => onChange({ findings })}
      />
      <FilterSelect
        label="Alerts"
        value={filters.firing ? 'firing' : ''}
        options={alertOptions}
        onChange={alerts => onChange({ firing: alerts === 'firing' })}
      />
    </Box>
  );
}

function SearchField(props: {
  search: string;
  onChange: (search: string) => void;
}) {
  const { search, onChange } = props;
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search);
  const latest = useRef(onChange);
  latest.current = onChange;

  // The address repeats what was asked for last, maybe after more was typed.
  const asked = useRef(search);

  useEffect(() => {
    if (search === asked.current) return;
    asked.current = search;
    setText(search);
  }, [search]);
  useEffect(() => {
    if (text === search) return undefined;
    const timer = setTimeout(() => {
      asked.current = text;
      latest.current(text);
    }, typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, search]);

  useEffect(() => {
    function focusOnSlash(event: KeyboardEvent) {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    }
    document.addEventListener('keydown', focusOnSlash);
    return () => document.removeEventListener('keydown', focusOnSlash);
  }, []);

  return (
    <TextField
      inputRef={input}
      size="small"
      type="search"
      label="Search"
      placeholder="Name or title"
      inputProps={{ 'aria-keyshortcuts': '/', title: 'Press / to search' }}
      value={text}
      onChange={event => setText(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          setText('');
          input.current?.blur();
        }
      }}
    />
  );
}

function FilterSelect<T extends string>(props: {
  label: string;
  value: T;
  options: Option<T>[];
  onChange: (value: T) => void;
}) {
  return (
    <TextField
      select
      size="small"
      label={props.label}
      value={props.value}
      onChange={event => {
        const chosen = props.options.find(
          ({ value }) => value === event.target.value,
        );
        if (chosen) props.onChange(chosen.value);
      }}
      SelectProps={{ displayEmpty: true }}
      InputLabelProps={{ shrink: true }}
    >
      {props.options.map(({ value, label }) => (
        <MenuItem key={value} value={value}>
          {label}
        </MenuItem>
      ))}
    </TextField>
  );
}

/** The refs one can filter by, with the one that is chosen even when no fork has it. */
function refOptions(
  refs: string[] = [],
  chosen: string,
  defaultKind: string,
): Array<{ value: string; label: string }> {
  const all =
    chosen && chosen !== ownedByMe && !refs.includes(chosen)
      ? [...refs, chosen]
      : refs;
  return all.map(value => ({ value, label: shortRef(value, defaultKind) }));
}

function shortRef(ref: string, defaultKind: string): string {
  try {
    return humanizeEntityRef(
      parseEntityRef(ref, { defaultKind, defaultNamespace: 'default' }),
      { defaultKind, defaultNamespace: 'default' },
    );
  } catch {
    return ref;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
