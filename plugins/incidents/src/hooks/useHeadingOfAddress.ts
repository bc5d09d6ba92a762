import { useEffect, type RefObject } from 'react';
import { useLocation } from 'react-router-dom';
import { headingFragment } from '../presentation/resolveRunbookLink';

/** Scrolls to the heading that the address names, once the text is there. */
export function useHeadingOfAddress(
  text: RefObject<HTMLElement>,
  loaded: string | undefined,
): void {
  const { hash } = useLocation();
  useEffect(() => {
    if (!loaded || !hash) return;
    const headings = text.current?.querySelectorAll('h1,h2,h3,h4,h5,h6') ?? [];
    for (const heading of headings) {
      const fragment = headingFragment(heading.textContent ?? '');
      if (`#${encodeURIComponent(fragment)}` !== hash) continue;
      heading.scrollIntoView({ block: 'start' });
      return;
    }
  }, [text, loaded, hash]);
}
