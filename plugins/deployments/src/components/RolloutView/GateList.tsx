import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import {
  asSentences,
  GuardedButton,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type { Rollout, RolloutGate } from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import { safeUrl } from '../../presentation/deploymentWords';
import { describeGate, hasEnded } from '../../presentation/rolloutWords';
import { BreakGlassDialog } from '../RolloutActions';
import { Section } from './Section';

/** Lists what may keep the new version from traffic, and what came of it. */
export function GateList(props: {
  rollout: Rollout;
  permissions: DeploymentPermissions;
  onChanged: () => void;
}) {
  const { rollout, permissions } = props;
  const [breaking, setBreaking] = useState(false);
  const breakable =
    !hasEnded(rollout) &&
    rollout.gates.some(
      ({ gate, state }) =>
        (gate === 'freeze' || gate === 'error-budget') &&
        state !== 'passed' &&
        state !== 'skipped',
    );
  return (
    <Section title="Checks and gates">
      <Gates rollout={rollout} />
      {breakable && (
        <Box sx={{ mt: 1 }}>
          <GuardedButton
            label="Break the glass"
            name={`Break the glass of ${rollout.environment}`}
            variant="outlined"
            color="error"
            refusal={
              permissions.mayBreakGlass
                ? undefined
                : 'You may not break the glass here. Ask the owner of the component.'
            }
            onClick={() => setBreaking(true)}
          />
        </Box>
      )}
      {breaking && (
        <BreakGlassDialog
          entityRef={rollout.entityRef}
          environment={rollout.environment}
          refusal={
            breakable
              ? undefined
              : 'No freeze and no spent error budget holds this rollout any more.'
          }
          onDone={props.onChanged}
          onClose={() => setBreaking(false)}
        />
      )}
    </Section>
  );
}

/** Folded once the new version has traffic and nothing speaks against it. */
function Gates({ rollout }: { rollout: Rollout }) {
  const { gates, percent } = rollout;
  const [unfolded, setUnfolded] = useState(false);
  if (gates.length === 0) {
    return (
      <Typography variant="body2" color="text.secondary">
        None has been looked at yet.
      </Typography>
    );
  }
  const passed = gates.filter(({ state }) => state === 'passed').length;
  const skipped = gates.filter(({ state }) => state === 'skipped').length;
  const folds = percent > 0 && passed + skipped === gates.length;
  return (
    <>
      {folds && (
        <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5 }}>
          <StatusBadge
            status="healthy"
            label={`${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`}
          />
          <Button
            size="small"
            aria-expanded={unfolded}
            onClick={() => setUnfolded(!unfolded)}
          >
            {unfolded ? 'Hide what was checked' : 'Show what was checked'}
          </Button>
        </Box>
      )}
      {(!folds || unfolded) && (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {gates.map(gate => (
            <Gate key={gate.gate} gate={gate} />
          ))}
        </Box>
      )}
    </>
  );
}

function Gate({ gate }: { gate: RolloutGate }) {
  const { name, status, label } = describeGate(gate);
  const url = safeUrl(gate.url);
  return (
    <Box component="li" sx={{ py: 0.75 }}>
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          columnGap: 1.5,
          alignItems: 'center',
        }}
      >
        <StatusBadge status={status} label={label} />
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {name}
        </Typography>
      </Box>
      <Typography
        variant="body2"
        color="text.secondary"
        sx={{ overflowWrap: 'anywhere' }}
      >
        {asSentences(gate.reason)} Checked <RelativeTime at={gate.checkedAt} />.
        {url && (
          <>
            {' '}
            <Link
              href={url}
              target="_blank"
              rel="noopener"
              underline="always"
              aria-label={`More on ${name}`}
            >
              More
            </Link>
          </>
        )}
      </Typography>
    </Box>
  );
}
