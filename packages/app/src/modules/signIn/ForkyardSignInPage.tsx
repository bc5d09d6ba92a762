import { SignInPage, type IdentityProviders } from '@backstage/core-components';
import {
  configApiRef,
  githubAuthApiRef,
  useApi,
  type ConfigApi,
} from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';

const github = {
  id: 'github-auth-provider',
  title: 'GitHub',
  message: 'Sign in with the GitHub account that your organization knows.',
  apiRef: githubAuthApiRef,
};

/**
 * Tells which ways in the page offers: those that `auth.providers` configures.
 * The guest of the embedded default is offered when nothing else is.
 */
export function signInProviders(config: ConfigApi): IdentityProviders {
  const configured = config.getOptionalConfig('auth.providers')?.keys() ?? [];
  const offered: IdentityProviders = [];
  if (configured.includes('github')) offered.push(github);
  if (configured.includes('guest') || offered.length === 0) {
    offered.push('guest');
  }
  return offered;
}

/** Lets a person in through one of the providers that are configured. */
export function ForkyardSignInPage(props: SignInPageProps) {
  const providers = signInProviders(useApi(configApiRef));
  return (
    <SignInPage
      {...props}
      title="Choose how to sign in"
      align="center"
      providers={providers}
    />
  );
}
