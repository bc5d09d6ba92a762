import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { HomePage } from './HomePage';

describe('the home page', () => {
  it('greets by name and shows the sections in their order', async () => {
    renderInTestApp(
      <HomePage
        sections={[
          { id: 'one', element: <p>section one</p> },
          { id: 'two', element: <p>section two</p> },
        ]}
      />,
      { apis: [mockApis.identity({ displayName: 'Ana' })] },
    );
    expect(await screen.findByText(/Signed in as Ana/)).toBeVisible();
    expect(
      screen.getAllByText(/^section/).map(({ textContent }) => textContent),
    ).toEqual(['section one', 'section two']);
  });

  it('welcomes without a name when the profile cannot be had', async () => {
    const identity = mockApis.identity.mock({
      getProfileInfo: async () => {
        throw new Error('no profile');
      },
    });
    renderInTestApp(<HomePage sections={[]} />, { apis: [identity] });
    expect(await screen.findByText(/^Welcome\./)).toBeVisible();
  });
});
