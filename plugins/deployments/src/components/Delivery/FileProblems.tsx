import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { asSentences } from '@forkyard/frontend-kit';
import type { EntityDelivery } from '@forkyard/plugin-deployments-common';

/** Says what is wrong in the repository's forkyard.yaml. */
export function FileProblems(props: {
  problems: EntityDelivery['fileProblems'];
}) {
  if (props.problems.length === 0) return undefined;
  return (
    <Alert severity="warning" sx={{ overflowWrap: 'anywhere' }}>
      forkyard.yaml has mistakes; its last good version stays in force.
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {props.problems.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            {asSentences(line ? `Line ${line}: ${message}` : message)}
          </li>
        ))}
      </Box>
    </Alert>
  );
}
