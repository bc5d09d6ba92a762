import {
  createUnifiedTheme,
  type BackstageTypography,
  type PageTheme,
  type UnifiedTheme,
  type UnifiedThemeOptions,
} from '@backstage/theme';
import { darkPalette, lightPalette } from './palettes';

const fontFamily =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const typography: BackstageTypography = {
  htmlFontSize: 16,
  fontFamily,
  h1: { fontSize: '1.75rem', fontWeight: 600, marginBottom: 8 },
  h2: { fontSize: '1.375rem', fontWeight: 600, marginBottom: 8 },
  h3: { fontSize: '1.125rem', fontWeight: 600, marginBottom: 6 },
  h4: { fontSize: '1rem', fontWeight: 600, marginBottom: 6 },
  h5: { fontSize: '1rem', fontWeight: 600, marginBottom: 4 },
  h6: { fontSize: '0.875rem', fontWeight: 600, marginBottom: 4 },
};

function plainPage(palette: typeof lightPalette | typeof darkPalette) {
  const page: PageTheme = {
    colors: [palette.background.default, palette.background.default],
    shape: 'none',
    backgroundImage: 'none',
    fontColor: palette.text.primary,
  };
  return { home: page, tool: page, service: page, other: page };
}

const components: UnifiedThemeOptions['components'] = {
  MuiButton: {
    styleOverrides: { root: { textTransform: 'none', fontWeight: 600 } },
  },
  MuiTab: { styleOverrides: { root: { textTransform: 'none' } } },
  MuiTableCell: {
    styleOverrides: { root: { fontVariantNumeric: 'tabular-nums' } },
  },
  MuiTooltip: { defaultProps: { enterDelay: 300 } },
  // Where nobody names what is under way, as in the catalog's graph.
  MuiCircularProgress: { defaultProps: { 'aria-label': 'Loading' } },
  MuiLinearProgress: { defaultProps: { 'aria-label': 'Loading' } },
};

function createTheme(
  palette: typeof lightPalette | typeof darkPalette,
): UnifiedTheme {
  return createUnifiedTheme({
    palette,
    typography,
    fontFamily,
    defaultPageTheme: 'home',
    pageTheme: plainPage(palette),
    components: {
      ...components,
      BackstageHeader: {
        styleOverrides: {
          header: {
            boxShadow: 'none',
            borderBottom: `1px solid ${palette.divider}`,
          },
        },
      },
    },
  });
}

export const lightTheme = createTheme(lightPalette);
export const darkTheme = createTheme(darkPalette);
