import { useEffect, useRef } from 'react';
import Autocomplete from '@mui/material/Autocomplete';
import TextField from '@mui/material/TextField';
import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { asSentences, describeError } from '@forkyard/frontend-kit';
import { useAsyncCheck } from '../../hooks/useAsyncCheck';
import { listBaseApplications } from './listBaseApplications';

/** Options of the field in a template. */
export interface BaseApplicationOptions {
  /** Repositories offered besides those that the catalog marks as bases. */
  bases?: string[];
}

/**
 * Takes the application to start from: one that the catalog knows as a base,
 * or any repository as `owner/repo`. When there is only one, it is chosen.
 */
export function BaseApplicationPicker(
  props: FieldExtensionComponentProps<string, BaseApplicationOptions>,
) {
  const { formData = '', schema, idSchema, rawErrors = [], onChange } = props;
  const catalogApi = useApi(catalogApiRef);
  const offered = props.uiSchema['ui:options']?.bases ?? [];
  const { value, error, loading } = useAsyncCheck({
    key: JSON.stringify(offered),
    delayMs: 0,
    check: () => listBaseApplications({ catalogApi, offered }),
  });
  const bases = value ?? [];

  const onlyBase = bases.length === 1 ? bases[0].repository : undefined;
  const preselected = useRef(false);
  useEffect(() => {
    if (!onlyBase || preselected.current) return;
    preselected.current = true;
    if (!formData) onChange(onlyBase);
  }, [onlyBase, formData, onChange]);

  return (
    <Autocomplete
      freeSolo
      id={idSchema.$id}
      disabled={props.disabled}
      loading={loading}
      options={bases.map(({ repository }) => repository)}
      inputValue={formData}
      value={formData || null}
      onInputChange={(_, text, reason) => {
        // A reset only repeats what the form already holds.
        if (reason !== 'reset') onChange(text || undefined);
      }}
      onChange={(_, repository) => onChange(repository ?? undefined)}
      renderOption={(optionProps, repository) => (
        <li {...optionProps} key={repository}>
          {optionLabel(bases.find(base => base.repository === repository))}
        </li>
      )}
      renderInput={parameters => (
        <TextField
          {...parameters}
          label={schema.title ?? 'Base application'}
          required={props.required}
          error={rawErrors.length > 0}
          helperText={
            error
              ? asSentences(
                  `The catalog's base applications could not be loaded: ${describeError(error).message}`,
                  'Type owner/repo',
                )
              : 'Choose one, or type any repository as owner/repo'
          }
        />
      )}
    />
  );
}

function optionLabel(base?: { repository: string; title?: string }): string {
  if (!base?.title) return base?.repository ?? '';
  return `${base.title} (${base.repository})`;
}
