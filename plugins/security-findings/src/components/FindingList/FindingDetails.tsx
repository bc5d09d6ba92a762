import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { CopyableCode, RelativeTime } from '@forkyard/frontend-kit';
import type {
  Finding,
  FindingWaiver,
} from '@forkyard/plugin-security-findings-common';
import { placeOf, sourceTitles } from '../../presentation/findingWords';
import { safeLink } from '../../presentation/safeLink';

/**
 * Everything that is known of a finding. What sources say is shown as plain
 * text, whatever it holds.
 */
export function FindingDetails(props: {
  finding: Finding;
  actions: ReactNode;
}) {
  const { finding } = props;
  const link = safeLink(finding.url);
  return (
    <Stack spacing={2} sx={{ pb: 2, pl: { sm: '136px' } }}>
      {finding.description && <Text>{finding.description}</Text>}
      <Box
        component="dl"
        sx={{
          display: 'grid',
          gridTemplateColumns: { xs: '1fr', sm: '128px 1fr' },
          gap: 0.5,
          m: 0,
          typography: 'body2',
          '& dt': { color: 'text.secondary' },
          '& dd': { m: 0, mb: { xs: 1, sm: 0 }, overflowWrap: 'anywhere' },
        }}
      >
        <Facts finding={finding} />
      </Box>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        {props.actions}
        {link && (
          <Link
            variant="body2"
            href={link}
            target="_blank"
            rel="noopener noreferrer"
          >
            Open at {sourceTitles[finding.source]}
          </Link>
        )}
      </Stack>
    </Stack>
  );
}

function Facts({ finding }: { finding: Finding }) {
  const { location, identifiers, waiver } = finding;
  const address = safeLink(location?.url);
  return (
    <>
      <Fact term="What to do">{finding.fix && <Text>{finding.fix}</Text>}</Fact>
      <Fact term="Where">
        {address && !location?.path ? (
          <Link href={address} target="_blank" rel="noopener noreferrer">
            {address}
          </Link>
        ) : (
          placeOf(finding)
        )}
      </Fact>
      <Fact term="Due">
        {finding.dueAt && (
          <>
            <RelativeTime at={finding.dueAt} />
            {finding.overdue && ', overdue'}
          </>
        )}
      </Fact>
      <Fact term="First seen">
        <RelativeTime at={finding.firstSeenAt} />
      </Fact>
      <Fact term="Last seen">
        <RelativeTime at={finding.lastSeenAt} />
      </Fact>
      <Fact term="Fixed">
        {finding.fixedAt && <RelativeTime at={finding.fixedAt} />}
      </Fact>
      <Fact term="Waived">{waiver && <Waiver waiver={waiver} />}</Fact>
      <Fact term="Found by">
        {finding.sources.map(source => sourceTitles[source]).join(', ')}
      </Fact>
      <Fact term="Rule">{finding.rule}</Fact>
      <Fact term="Known as">{identifiers.join(', ')}</Fact>
      <Fact term="Fingerprint">
        <CopyableCode
          value={finding.fingerprint}
          display={finding.fingerprint.slice(0, 12)}
          label="fingerprint"
        />
      </Fact>
    </>
  );
}

/** A term with what is known of it; nothing when nothing is. */
function Fact(props: { term: string; children?: ReactNode }) {
  if (!props.children) return undefined;
  return (
    <>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

function Waiver({ waiver }: { waiver: FindingWaiver }) {
  return (
    <>
      <RelativeTime at={waiver.at} /> by {waiver.by}, ends{' '}
      <RelativeTime at={waiver.expiresAt} />
      <Text>{waiver.reason}</Text>
    </>
  );
}

function Text(props: { children: string }) {
  return (
    <Typography
      variant="body2"
      sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
    >
      {props.children}
    </Typography>
  );
}
