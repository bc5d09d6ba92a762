/** Tokens of the theme for both versions; the charts' tones `accent` and `muted` are the same. */
export const versionColors = {
  canary: 'primary.main',
  stable: 'text.secondary',
} as const;
