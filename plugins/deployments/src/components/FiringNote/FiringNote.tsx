import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import Typography from '@mui/material/Typography';
import {
  describeFiring,
  type FiringAlerts,
} from '../../presentation/firingWords';
import { alertsRouteRef } from '../../routes';

/** Says how many alerts fire, and leads to them. */
export function FiringNote({ firing }: { firing: FiringAlerts }) {
  const tab = useRouteRef(alertsRouteRef);
  const words = describeFiring(firing);
  return (
    <Typography variant="body2">
      {tab ? (
        <Link to={tab()} underline="always">
          {words}
        </Link>
      ) : (
        words
      )}
      .
    </Typography>
  );
}
