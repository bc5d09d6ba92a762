import { screen, waitFor } from '@testing-library/react';
import axe from 'axe-core';
import { ForksHomeSection } from './components/ForksHomeSection';
import { ForksPage } from './components/ForksPage';
import { ProvisioningPage } from './components/ProvisioningPage';
import { forksApiMock } from './__testUtils__/forksApiMock';
import { renderPage } from './__testUtils__/renderPage';
import {
  makeFork,
  makeProvisioning,
  makeSummary,
} from './__testUtils__/samples';

/** Rules that need a browser's layout, or a page around the part. */
const notHere = ['color-contrast', 'region', 'page-has-heading-one'];

/** Looks once nothing loads any more: what is half there is no page. */
async function findViolations() {
  await waitFor(() =>
    expect(
      document.querySelector('[aria-busy="true"], [role="progressbar"]'),
    ).toBeNull(),
  );
  const { violations } = await axe.run(document.body, {
    rules: Object.fromEntries(notHere.map(id => [id, { enabled: false }])),
  });
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`,
  );
}

describe('for people who do not see or point', () => {
  it('the portfolio has nothing that axe finds', async () => {
    const forksApi = forksApiMock({
      getForksSummary: async () => makeSummary(),
      listForks: async () => ({
        items: [makeFork(), makeFork({ name: 'shop', status: 'failing' })],
        nextCursor: 'more',
      }),
    });
    renderPage(<ForksPage />, { forksApi });
    await screen.findByRole('table');
    expect(await findViolations()).toEqual([]);
  });

  it('a provisioning has nothing that axe finds', async () => {
    const forksApi = forksApiMock({
      getProvisioning: async () =>
        makeProvisioning({ state: 'failed', step: { state: 'failed' } }),
      getProvisioningLog: async () => ({ items: [] }),
    });
    renderPage(<ProvisioningPage id="p-1" />, { forksApi });
    await screen.findByRole('list', { name: 'Steps' });
    expect(await findViolations()).toEqual([]);
  });

  it('the section of the home page has nothing that axe finds', async () => {
    const forksApi = forksApiMock({
      listForks: async () => ({ items: [makeFork()] }),
      listProvisionings: async () => ({ items: [makeProvisioning()] }),
    });
    renderPage(<ForksHomeSection />, { forksApi });
    await screen.findByRole('list', { name: 'In progress' });
    expect(await findViolations()).toEqual([]);
  });
});
