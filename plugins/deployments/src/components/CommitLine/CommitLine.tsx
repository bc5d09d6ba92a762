import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { CopyableCode } from '@forkyard/frontend-kit';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import { deploymentName, safeUrl } from '../../presentation/deploymentWords';

/** Shows which commit a deployment was made from, and what it says. */
export function CommitLine(props: {
  deployment: Pick<Deployment, 'commit' | 'externalId'>;
}) {
  const { deployment } = props;
  const { commit } = deployment;
  return (
    <Box
      component="span"
      sx={{
        display: 'inline-flex',
        alignItems: 'center',
        columnGap: 1,
        minWidth: 0,
        maxWidth: '100%',
      }}
    >
      <Box component="span" sx={{ flexShrink: 0, whiteSpace: 'nowrap' }}>
        <CopyableCode
          value={commit?.sha ?? deployment.externalId}
          display={deploymentName(deployment)}
          label={commit ? 'commit' : 'deployment id'}
          href={safeUrl(commit?.url)}
        />
      </Box>
      {commit?.message && (
        <Typography
          component="span"
          variant="body2"
          noWrap
          title={commit.message}
        >
          {commit.message}
        </Typography>
      )}
    </Box>
  );
}
