import { MarkdownContent } from '@backstage/core-components';
import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import { useLocation } from 'react-router-dom';
import { resolveRunbookLink } from '../../presentation/resolveRunbookLink';

/** Twice the class, to win over what MarkdownContent says about the same. */
const textSx = {
  overflowWrap: 'anywhere',
  // A link is told from text without seeing its color.
  '&& a': { textDecoration: 'underline' },
  // Lines break, so that nothing has to be scrolled sideways.
  '&& pre, && pre code': {
    whiteSpace: 'pre-wrap !important',
    overflowWrap: 'anywhere',
  },
  // The colors of its highlighting are too faint to read, in both themes.
  '&& pre span': { color: 'inherit !important' },
  '&& th, && td': {
    p: { xs: 0.5, sm: 1 },
    lineHeight: 1.43,
    textAlign: 'left',
    verticalAlign: 'top',
    typography: 'body2',
    border: (theme: Theme) => `1px solid ${theme.palette.divider}`,
  },
  '&& th': { fontWeight: 600 },
} as const;

/** Shows a piece of a runbook's text; links to other runbooks open them here. */
export function RunbookText(props: { markdown: string; path: string }) {
  const { markdown, path } = props;
  const { search } = useLocation();
  return (
    <Box sx={textSx}>
      <MarkdownContent
        content={markdown}
        dialect="gfm"
        transformLinkUri={link => linkAddress(link, path, search)}
        transformImageUri={image => linkAddress(image, path, search, 'page')}
      />
    </Box>
  );
}

/** Empty where a link leads nowhere here: its words are shown as text. */
function linkAddress(
  link: string,
  path: string,
  search: string,
  only?: 'page',
): string {
  const target = resolveRunbookLink(link, path);
  if (target?.kind === 'page') return target.address;
  if (!target || only) return '';
  const query = new URLSearchParams(search);
  query.set('runbook', target.path);
  const fragment = target.fragment && `#${encodeURIComponent(target.fragment)}`;
  return `?${query}${fragment}`;
}
