// The house's sizes and boundaries (HOUSE sizes: file 350, function 80, component 300, test 600).
module.exports = {
  rules: {
    'max-lines': ['error', { max: 350 }],
    'max-lines-per-function': ['error', { max: 80 }],
    '@backstage/no-mixed-plugin-imports': 'error',
    '@backstage/no-forbidden-package-imports': 'error',
    '@backstage/no-relative-monorepo-imports': 'error',
    '@backstage/no-undeclared-imports': 'error',
    'import/no-cycle': ['error', { maxDepth: 5 }],
    'no-restricted-syntax': 'off',
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: ['@forkyard/*/src/*'],
            message: 'Import from the package, not from its insides.',
          },
        ],
      },
    ],
  },
  overrides: [
    {
      files: ['**/*.tsx'],
      rules: {
        'max-lines': ['error', { max: 300 }],
        'max-lines-per-function': ['error', { max: 150, skipBlankLines: true }],
      },
    },
    {
      files: ['**/createRouter.ts'],
      rules: { 'max-lines-per-function': ['error', { max: 60 }] },
    },
    {
      files: ['**/*.test.ts', '**/*.test.tsx'],
      rules: {
        'max-lines': ['error', { max: 600 }],
        'max-lines-per-function': 'off',
      },
    },
  ],
};
