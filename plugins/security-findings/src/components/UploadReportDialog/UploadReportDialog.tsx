import { useId, useState } from 'react';
import { toastApiRef, useApi } from '@backstage/frontend-plugin-api';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import FormHelperText from '@mui/material/FormHelperText';
import InputLabel from '@mui/material/InputLabel';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { SarifUploadResult } from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../../api/securityFindingsApiRef';
import { FormDialog } from '../FormDialog';

interface Faults {
  category?: string;
  file?: string;
}

/** A report that the backend wants confirmed, as it was when it was sent. */
interface Doubt {
  category: string;
  file: File;
  result: SarifUploadResult;
}

function readText(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () =>
      reject(new Error(`${file.name} could not be read from your disk.`));
    reader.readAsText(file);
  });
}

async function readReport(file: File): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `${file.name} is not JSON, so it cannot be SARIF. Choose the report that the tool wrote with its SARIF format.`,
    );
  }
}

function describeResult(result: SarifUploadResult): string {
  const { category, results, opened, fixed } = result;
  return `${category}: ${results} results, ${opened} new, ${fixed} fixed`;
}

/** Takes the SARIF report of another tool. */
export function UploadReportDialog(props: {
  entityRef: string;
  onDone: () => void;
  onClose: () => void;
}) {
  const api = useApi(securityFindingsApiRef);
  const toast = useApi(toastApiRef);
  const [category, setCategory] = useState('');
  const [commit, setCommit] = useState('');
  const [file, setFile] = useState<File>();
  const [faults, setFaults] = useState<Faults>({});
  const [doubt, setDoubt] = useState<Doubt>();
  // What was changed since, even before the answer came, is not what is doubted.
  const doubted =
    doubt?.category === category && doubt.file === file
      ? doubt.result
      : undefined;
  async function upload() {
    const found: Faults = {
      category: category.trim()
        ? undefined
        : 'Name the tool, for example semgrep.',
      file: file ? undefined : 'Choose a SARIF 2.1.0 file.',
    };
    setFaults(found);
    if (!file || found.category) return false;
    const result = await api.uploadSarif({
      entityRef: props.entityRef,
      category: category.trim(),
      report: await readReport(file),
      commit: commit.trim() || undefined,
      confirm: doubted ? true : undefined,
    });
    props.onDone();
    if (result.unconfirmed) {
      setDoubt({ category, file, result });
      return false;
    }
    toast.post({
      title: `Report taken: ${describeResult(result)}`,
      status: 'success',
      timeout: 8_000,
    });
    return true;
  }
  return (
    <FormDialog
      title="Upload a report"
      submitLabel={doubted ? 'Close what it lacks' : 'Upload report'}
      failureTitle="The report was not taken"
      onSubmit={upload}
      onClose={props.onClose}
    >
      <Typography variant="body2" color="text.secondary">
        A SARIF 2.1.0 report of any tool. A later report of the same category
        replaces this one: what it no longer has is fixed.
      </Typography>
      <TextField
        required
        label="Category"
        value={category}
        onChange={event => setCategory(event.target.value)}
        error={Boolean(faults.category)}
        helperText={faults.category ?? 'Which tool or part it is about.'}
      />
      <FileField fault={faults.file} onChange={setFile} />
      <TextField
        label="Commit"
        value={commit}
        onChange={event => setCommit(event.target.value)}
        helperText="The commit that was analyzed, if you know it."
      />
      {doubted && (
        <Alert severity="warning">
          The report has far less than the one before ({doubted.results}{' '}
          results), so nothing was closed. If that is right, confirm it: what
          the report lacks then counts as fixed.
        </Alert>
      )}
    </FormDialog>
  );
}

function FileField(props: {
  fault?: string;
  onChange: (file: File | undefined) => void;
}) {
  const inputId = useId();
  const helpId = useId();
  return (
    <Box>
      <InputLabel htmlFor={inputId} required error={Boolean(props.fault)}>
        SARIF file
      </InputLabel>
      <input
        id={inputId}
        type="file"
        accept=".sarif,.json,application/json,application/sarif+json"
        aria-describedby={helpId}
        aria-invalid={Boolean(props.fault)}
        onChange={event => props.onChange(event.target.files?.[0])}
      />
      <FormHelperText id={helpId} error={Boolean(props.fault)}>
        {props.fault ?? 'It is read in your browser first.'}
      </FormHelperText>
    </Box>
  );
}
