import { useEffect } from 'react';
import {
  SearchModalProvider,
  SidebarSearchModal,
  useSearchModal,
} from '@backstage/plugin-search';

/** Searches the portal from any page; `/` opens it. */
export function Search() {
  return (
    <SearchModalProvider>
      <SearchShortcut />
      <SidebarSearchModal />
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
