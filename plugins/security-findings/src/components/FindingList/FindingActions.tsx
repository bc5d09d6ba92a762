import { useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { ConfirmDialog } from '@forkyard/frontend-kit';
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
  const isWaived = finding.state === 'waived';
  return (
    <>
      <Guarded
        label={isWaived ? 'Change waiver' : 'Waive'}
        isAllowed={mayWaive}
        onClick={() => setAsked('waive')}
      />
      {isWaived && (
        <Guarded
          label="Re-open"
          isAllowed={mayWaive}
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

/** A button that, when refused, stays reachable and says why. */
function Guarded(props: {
  label: string;
  isAllowed: boolean;
  onClick: () => void;
}) {
  const { isAllowed } = props;
  // One element whether refused or not: the answer about the permission may
  // come while the button has the focus.
  return (
    <Tooltip
      title={
        isAllowed
          ? ''
          : 'You may not waive findings of this component. Its owners may.'
      }
      describeChild
    >
      <Button
        size="small"
        variant="outlined"
        aria-disabled={!isAllowed || undefined}
        disableRipple={!isAllowed}
        sx={isAllowed ? {} : { color: 'text.secondary', cursor: 'not-allowed' }}
        onClick={isAllowed ? props.onClick : undefined}
      >
        {props.label}
      </Button>
    </Tooltip>
  );
}
