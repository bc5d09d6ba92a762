import type { ReactNode } from 'react';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { ThemeBlueprint } from '@backstage/plugin-app-react';
import { UnifiedThemeProvider, type UnifiedTheme } from '@backstage/theme';
import DarkIcon from '@mui/icons-material/DarkModeOutlined';
import LightIcon from '@mui/icons-material/LightModeOutlined';
import { darkTheme, lightTheme } from './themes';

/** Names the theme in the document, where tokens.css looks for it. */
function createProvider(theme: UnifiedTheme) {
  return function ForkyardThemeProvider(props: { children: ReactNode }) {
    return (
      <UnifiedThemeProvider theme={theme} themeName="forkyard">
        {props.children}
      </UnifiedThemeProvider>
    );
  };
}

const light = ThemeBlueprint.make({
  name: 'light',
  params: {
    theme: {
      id: 'light',
      title: 'Light',
      variant: 'light',
      icon: <LightIcon />,
      Provider: createProvider(lightTheme),
    },
  },
});

const dark = ThemeBlueprint.make({
  name: 'dark',
  params: {
    theme: {
      id: 'dark',
      title: 'Dark',
      variant: 'dark',
      icon: <DarkIcon />,
      Provider: createProvider(darkTheme),
    },
  },
});

export const themeModule = createFrontendModule({
  pluginId: 'app',
  extensions: [light, dark],
});
