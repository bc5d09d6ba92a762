import { SidebarOpenStateProvider } from '@backstage/core-components';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import searchPlugin from '@backstage/plugin-search/alpha';
import { fireEvent, screen } from '@testing-library/react';
import { Search } from './Search';

async function renderSearch() {
  renderInTestApp(
    <SidebarOpenStateProvider value={{ isOpen: true, setOpen: () => {} }}>
      <Search />
      <input aria-label="A field of the page" />
    </SidebarOpenStateProvider>,
    {
      features: [searchPlugin],
      mountedRoutes: { '/search': searchPlugin.routes.root },
    },
  );
  await screen.findByRole('button', { name: 'Search' });
}

describe('the search of the navigation', () => {
  it('takes its room before it is there, so that nothing below it moves', async () => {
    await renderSearch();
    expect(
      screen.getByRole('button', { name: 'Search' }).parentElement,
    ).toHaveStyle({ minHeight: '48px' });
  });

  it('opens with the key / from anywhere on the page', async () => {
    await renderSearch();
    expect(screen.queryByLabelText('Search Modal')).not.toBeInTheDocument();
    fireEvent.keyDown(document.body, { key: '/' });
    expect(await screen.findByLabelText('Search Modal')).toBeInTheDocument();
  });

  it('leaves the key to a field in which somebody types', async () => {
    await renderSearch();
    fireEvent.keyDown(screen.getByLabelText('A field of the page'), {
      key: '/',
    });
    expect(screen.queryByLabelText('Search Modal')).not.toBeInTheDocument();
  });

  it('leaves the key to a page that has a search of its own', async () => {
    await renderSearch();
    const takeKey = (event: KeyboardEvent) => event.preventDefault();
    document.addEventListener('keydown', takeKey);
    fireEvent.keyDown(document.body, { key: '/' });
    document.removeEventListener('keydown', takeKey);
    expect(screen.queryByLabelText('Search Modal')).not.toBeInTheDocument();
  });
});
