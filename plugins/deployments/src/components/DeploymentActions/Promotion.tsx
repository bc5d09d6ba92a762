import { useId, useState } from 'react';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import {
  listPromotionTargets,
  type Deployment,
  type EntityDelivery,
  type EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import {
  deploymentName,
  environmentTitle,
} from '../../presentation/deploymentWords';
import { PromoteDialog } from './PromoteDialog';

/** Asks where a deployment is to be promoted to, when there is a choice. */
export function Promotion(props: {
  deployment: Deployment;
  environments: EnvironmentStatus[];
  delivery?: EntityDelivery;
  onDone: () => void;
  onRollout: (id: string) => void;
  onClose: () => void;
}) {
  const { deployment, environments, delivery, ...rest } = props;
  const [chosen, setChosen] = useState<string>();
  const targets = listPromotionTargets({
    environments: (delivery?.environments ?? []).map(
      ({ environment }) => environment,
    ),
    from: deployment.environment,
  });
  const target = chosen ?? targets[0];
  return (
    <PromoteDialog
      {...rest}
      deployment={deployment}
      environment={target}
      serving={environments.find(({ environment }) => environment === target)}
      plan={
        delivery?.environments.find(({ environment }) => environment === target)
          ?.plan
      }
      choice={
        targets.length > 1 && (
          <TargetChoice
            targets={targets}
            value={target}
            environments={environments}
            onChange={setChosen}
          />
        )
      }
    />
  );
}

function TargetChoice(props: {
  targets: string[];
  value: string;
  environments: EnvironmentStatus[];
  onChange: (target: string) => void;
}) {
  const labelId = useId();
  const served = (target: string) => {
    const live = props.environments.find(
      ({ environment }) => environment === target,
    )?.live;
    return live ? `serves ${deploymentName(live)}` : 'serves nothing yet';
  };
  return (
    <FormControl>
      <FormLabel id={labelId}>Where to</FormLabel>
      <RadioGroup
        aria-labelledby={labelId}
        value={props.value}
        onChange={(_, value) => props.onChange(value)}
      >
        {props.targets.map(target => (
          <FormControlLabel
            key={target}
            value={target}
            control={<Radio size="small" />}
            label={`${environmentTitle(target)}, ${served(target)}`}
          />
        ))}
      </RadioGroup>
    </FormControl>
  );
}
