module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  extends: ['../../.eslintrc.house.js'],
});
