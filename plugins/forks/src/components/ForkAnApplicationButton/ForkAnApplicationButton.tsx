import { Link as RouterLink } from 'react-router-dom';
import Button from '@mui/material/Button';
import { useForkFormAddress } from '../../hooks/useAddresses';

/** Leads to the form that makes a fork; absent without a scaffolder. */
export function ForkAnApplicationButton() {
  const address = useForkFormAddress();
  if (!address) return null;
  return (
    <Button component={RouterLink} to={address} variant="contained">
      Fork an application
    </Button>
  );
}
