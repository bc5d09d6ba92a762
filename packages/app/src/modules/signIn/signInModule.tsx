import { coreComponentsTranslationRef } from '@backstage/core-components';
import {
  createFrontendModule,
  createTranslationMessages,
} from '@backstage/frontend-plugin-api';
import {
  SignInPageBlueprint,
  TranslationBlueprint,
} from '@backstage/plugin-app-react';

const signInPage = SignInPageBlueprint.make({
  params: {
    loader: async () => {
      const { ForkyardSignInPage } = await import('./ForkyardSignInPage');
      return ForkyardSignInPage;
    },
  },
});

const guestWords = TranslationBlueprint.make({
  name: 'guest',
  params: {
    resource: createTranslationMessages({
      ref: coreComponentsTranslationRef,
      messages: {
        'signIn.guestProvider.subtitle':
          'Enter without an account. The permissions of this portal decide what a guest may do.',
      },
    }),
  },
});

export const signInModule = createFrontendModule({
  pluginId: 'app',
  extensions: [signInPage, guestWords],
});
