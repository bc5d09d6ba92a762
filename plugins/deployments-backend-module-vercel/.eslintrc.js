module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  extends: ['../../.eslintrc.house.js'],
  overrides: [
    {
      // Runs the plugin and this module together, as a portal does.
      files: ['src/__testUtils__/startTestPortal.ts'],
      rules: { '@backstage/no-mixed-plugin-imports': 'off' },
    },
  ],
});
