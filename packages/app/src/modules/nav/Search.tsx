import { useEffect } from 'react';
import {
  SearchModalProvider,
  SidebarSearchModal,
  useSearchModal,
} from '@backstage/plugin-search';
import Box from '@mui/material/Box';

/** As high as any item of the sidebar. */
const itemHeight = 48;

/**
 * Searches the portal from any page; `/` opens it. It is loaded after the items
 * below it, and keeps its room until then: nobody is to press what moves.
 */
export function Search() {
  return (
    <SearchModalProvider>
      <SearchShortcut />
      <Box sx={{ minHeight: itemHeight }}>
        <SidebarSearchModal />
      </Box>
    </SearchModalProvider>
  );
}

/** A page that has a search of its own takes the key first. */
function SearchShortcut() {
  const { setOpen } = useSearchModal();
  useEffect(() => {
    function handleKey(event: KeyboardEvent) {
      if (event.key !== '/' || event.defaultPrevented) return;
      if (isTyping(event.target)) return;
      event.preventDefault();
      setOpen(true);
    }
    window.addEventListener('keydown', handleKey);
    return () => window.removeEventListener('keydown', handleKey);
  }, [setOpen]);
  return null;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input, textarea, select, [role="dialog"] *'))
  );
}
