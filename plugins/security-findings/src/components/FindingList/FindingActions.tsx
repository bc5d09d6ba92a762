import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import Typography from '@mui/material/Typography';
import { ConfirmDialog, GuardedButton } from '@forkyard/frontend-kit';
import type { Finding } from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../../api/securityFindingsApiRef';
import { WaiveDialog } from '../WaiveDialog';

/** What the reader can decide of a finding: waive it, or open it again. */
export function FindingActions(props: {
  finding: Finding;
  mayWaive: boolean;
  onChanged: (finding: Finding) => void;
}) {
  const { finding, mayWaive, onChanged } = props;
  const api = useApi(securityFindingsApiRef);
  const [asked, setAsked] = useState<'waive' | 'reopen'>();
  if (finding.state === 'fixed') return undefined;
  const close = () => setAsked(undefined);
  const refusal = mayWaive
    ? undefined
    : 'You may not waive findings of this component. Its owners may.';
  const isWaived = finding.state === 'waived';
  return (
    <>
      <GuardedButton
        label={isWaived ? 'Change waiver' : 'Waive'}
        refusal={refusal}
        variant="outlined"
        onClick={() => setAsked('waive')}
      />
      {isWaived && (
        <GuardedButton
          label="Re-open"
          refusal={refusal}
          variant="outlined"
          onClick={() => setAsked('reopen')}
        />
      )}
      {asked === 'waive' && (
        <WaiveDialog finding={finding} onDone={onChanged} onClose={close} />
      )}
      <ConfirmDialog
        open={asked === 'reopen'}
        title="Re-open this finding?"
        confirmLabel="Re-open finding"
        failureTitle="The finding was not re-opened"
        onConfirm={async () =>
          onChanged(await api.unwaiveFinding({ id: finding.id }))
        }
        onClose={close}
      >
        <Typography sx={{ overflowWrap: 'anywhere' }}>
          {finding.title}
        </Typography>
        <Typography variant="body2" color="text.secondary">
          It counts as open again, with the due date that it had.
        </Typography>
      </ConfirmDialog>
    </>
  );
}
