import { palettes } from '@backstage/theme';

/** The one accent color, in the shade that reads on each background. */
const accent = { light: '#4338ca', dark: '#a5b4fc' } as const;

const sidebar = {
  background: '#16181d',
  indicator: accent.dark,
  color: '#c3c8d4',
  selectedColor: '#ffffff',
  navItem: { hoverBackground: '#2a2e38' },
  submenu: { background: '#2a2e38' },
};

/** Every text color here has a contrast of 4.5 or more on its backgrounds. */
export const lightPalette = {
  ...palettes.light,
  primary: { main: accent.light },
  secondary: { main: accent.light },
  success: { main: '#15803d' },
  warning: { main: '#b45309' },
  error: { main: '#b91c1c' },
  info: { main: '#1d4ed8' },
  background: { default: '#f6f7f9', paper: '#ffffff' },
  text: { primary: '#16181d', secondary: '#565d6b' },
  divider: '#dfe2e8',
  border: '#dfe2e8',
  textSubtle: '#565d6b',
  link: accent.light,
  linkHover: '#312e81',
  tabbar: { indicator: accent.light },
  navigation: sidebar,
};

export const darkPalette = {
  ...palettes.dark,
  primary: { main: accent.dark, dark: '#818cf8' },
  secondary: { main: accent.dark },
  success: { main: '#4ade80' },
  warning: { main: '#fbbf24' },
  error: { main: '#f98080' },
  info: { main: '#93c5fd' },
  background: { default: '#15171c', paper: '#1e2128' },
  text: { primary: '#f1f3f7', secondary: '#aab1c0' },
  divider: '#363c49',
  border: '#363c49',
  textSubtle: '#aab1c0',
  textVerySubtle: '#4a5160',
  link: accent.dark,
  linkHover: '#c7d2fe',
  tabbar: { indicator: accent.dark },
  navigation: sidebar,
};
