import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import OpenIcon from '@mui/icons-material/OpenInNew';

/** Leads to where a deployment answers; the address is a safe one. */
export function DeploymentLink(props: { address: string }) {
  return (
    <Link
      href={props.address}
      target="_blank"
      rel="noopener"
      variant="body2"
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}
    >
      <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
        {new URL(props.address).host}
      </Box>
      <OpenIcon sx={{ fontSize: 14 }} titleAccess="opens in a new tab" />
    </Link>
  );
}
