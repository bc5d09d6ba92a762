module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  extends: ['../../.eslintrc.house.js'],
  rules: {
    // It runs from its sources only and is never built.
    'no-restricted-syntax': 'off',
  },
});
