import { useState } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useEntity } from '@backstage/plugin-catalog-react';
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  DeniedState,
  describeError,
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type { EntityFindingsSummary } from '@forkyard/plugin-security-findings-common';
import {
  useFindingPermissions,
  type FindingPermissions,
} from '../../hooks/useFindingPermissions';
import { useFindingsSummary } from '../../hooks/useFindingsSummary';
import { answerOf } from '../../presentation/findingWords';
import { FindingList } from '../FindingList';
import { SourceStates } from '../SourceStates';
import { UploadReportDialog } from '../UploadReportDialog';

/** The tab "Security": what is wrong, by when it should be fixed, and who says so. */
export function SecurityContent() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const permissions = useFindingPermissions(entityRef);
  if (!permissions.mayRead) {
    return (
      <DeniedState
        title="You may not see these findings"
        action={`Ask the owner of ${entity.metadata.title ?? entity.metadata.name} for access.`}
      />
    );
  }
  return <Findings entityRef={entityRef} permissions={permissions} />;
}

function Findings(props: {
  entityRef: string;
  permissions: FindingPermissions;
}) {
  const { entityRef, permissions } = props;
  const { value: summary, error, refresh } = useFindingsSummary(entityRef);
  const [uploading, setUploading] = useState(false);
  if (!summary) {
    return error ? (
      <ErrorState
        title="The findings could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading findings" rows={4} rowHeight={80} />
    );
  }
  return (
    <Stack spacing={3}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        <Answer summary={summary} error={error} />
        {permissions.mayUpload && (
          <Button variant="outlined" onClick={() => setUploading(true)}>
            Upload a report
          </Button>
        )}
      </Stack>
      <FindingList
        entityRef={entityRef}
        mayWaive={permissions.mayWaive}
        onChanged={refresh}
      />
      <SourceStates
        entityRef={entityRef}
        sources={summary.sources}
        onRefreshed={refresh}
      />
      {uploading && (
        <UploadReportDialog
          entityRef={entityRef}
          onDone={refresh}
          onClose={() => setUploading(false)}
        />
      )}
    </Stack>
  );
}

/** The first line of the tab: how is it, and how old is that knowledge. */
function Answer(props: { summary: EntityFindingsSummary; error?: Error }) {
  const { summary, error } = props;
  const { status, label, sentence } = answerOf(summary);
  return (
    <Stack spacing={1} sx={{ flexGrow: 1 }}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
        role="status"
      >
        <StatusBadge size="medium" status={status} label={label} />
        <Typography>{sentence}</Typography>
      </Stack>
      <Typography variant="caption" color="text.secondary">
        {summary.asOf ? (
          <>
            As of <RelativeTime at={summary.asOf} />
          </>
        ) : (
          'No source has been read yet'
        )}
        {summary.waived > 0 && `, ${summary.waived} waived`}
      </Typography>
      {error && (
        <Alert severity="warning">
          The portal did not answer, so this may be out of date:{' '}
          {describeError(error).message}
        </Alert>
      )}
    </Stack>
  );
}
