import { Link, useSidebarOpenState } from '@backstage/core-components';
import { styled } from '@mui/material/styles';

const Frame = styled('div')({
  height: 64,
  paddingLeft: 20,
  display: 'flex',
  alignItems: 'center',
  '& a': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: 12,
    color: '#ffffff',
    fontSize: 18,
    fontWeight: 600,
    textDecoration: 'none',
  },
});

function Mark() {
  return (
    <svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
      <g fill="none" stroke="#a5b4fc" strokeWidth="2.5" strokeLinecap="round">
        <path d="M10 10.75v10.5" />
        <path d="M10 19.5c0-5 12-3 12-8.25" />
        <circle cx="10" cy="8" r="2.75" />
        <circle cx="10" cy="24" r="2.75" />
        <circle cx="22" cy="8" r="2.75" />
      </g>
    </svg>
  );
}

/** Leads home; shows the name when the sidebar has room for it. */
export function Logo() {
  const { isOpen } = useSidebarOpenState();
  return (
    <Frame>
      <Link to="/" underline="none" aria-label="Forkyard, home">
        <Mark />
        {isOpen && <span>Forkyard</span>}
      </Link>
    </Frame>
  );
}
