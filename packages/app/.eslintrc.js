module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  extends: ['../../.eslintrc.house.js'],
  overrides: [
    {
      // The journeys run in Node, beside the browser that they drive.
      files: ['e2e-tests/**/*.ts'],
      rules: { 'no-restricted-imports': 'off' },
    },
  ],
});
