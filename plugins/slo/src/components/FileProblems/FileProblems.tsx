import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import type { SloFileProblem } from '@forkyard/plugin-slo-common';

const shownProblems = 10;

/** Says what is wrong in the OpenSLO file, where, and what holds until it is mended. */
export function FileProblems(props: {
  problems: SloFileProblem[];
  /** Whether an earlier version of the file is in force. */
  lastGood: boolean;
}) {
  const { problems, lastGood } = props;
  if (problems.length === 0) return undefined;
  const files = [...new Set(problems.map(({ path }) => path))].join(', ');
  const more = problems.length - shownProblems;
  return (
    <Alert severity="warning" sx={{ '& .MuiAlert-message': { minWidth: 0 } }}>
      <AlertTitle>
        {files} has {problems.length === 1 ? 'a mistake' : 'mistakes'}
      </AlertTitle>
      <Box component="ul" sx={{ m: 0, pl: 2, overflowWrap: 'anywhere' }}>
        {problems.slice(0, shownProblems).map((problem, index) => (
          <li key={index}>
            <code>
              {problem.path}
              {problem.line !== undefined && `:${problem.line}`}
            </code>{' '}
            {problem.message}
          </li>
        ))}
        {more > 0 && <li>and {more} more</li>}
      </Box>
      {lastGood
        ? 'The last good version stays in force. Correct the file in the repository and push; it is read again within minutes.'
        : 'No SLO is in force. Correct the file in the repository and push; it is read again within minutes.'}
    </Alert>
  );
}
