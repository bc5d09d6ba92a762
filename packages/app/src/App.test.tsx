import { createApp } from '@backstage/frontend-defaults';
import { mockApis } from '@backstage/frontend-test-utils';
import { render, screen } from '@testing-library/react';
import { features } from './App';
// It is loaded lazily; here before the tests, whose patience is for signing in.
import './modules/signIn/ForkyardSignInPage';

function renderPortal(data: object) {
  const app = createApp({
    features,
    advanced: {
      configLoader: async () => ({
        config: mockApis.config({
          data: {
            app: { title: 'Forkyard', baseUrl: 'http://localhost:3000' },
            backend: { baseUrl: 'http://localhost:7007' },
            ...data,
          },
        }),
      }),
    },
  });
  return render(app.createRoot());
}

describe('the portal', () => {
  it('offers the guest when only the guest is configured, and says what decides what a guest may do', async () => {
    renderPortal({ auth: { providers: { guest: {} } } });
    expect(
      await screen.findByRole('button', { name: 'Enter' }, { timeout: 20_000 }),
    ).toBeVisible();
    expect(screen.getByText(/permissions of this portal decide/)).toBeVisible();
    expect(screen.queryByText('GitHub')).not.toBeInTheDocument();
  });

  it('offers GitHub and no guest when only GitHub is configured', async () => {
    renderPortal({ auth: { providers: { github: {} } } });
    expect(
      await screen.findByText('GitHub', undefined, { timeout: 20_000 }),
    ).toBeVisible();
    expect(screen.queryByText('Guest')).not.toBeInTheDocument();
  });
});
