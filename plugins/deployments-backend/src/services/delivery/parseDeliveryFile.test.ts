import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPlan } from './deliveryPlans';
import { parseDeliveryFile } from './parseDeliveryFile';

const HEAD = `apiVersion: forkyard.dev/v1alpha1
kind: Delivery
spec:
  environments:
`;

/** What is said of production begins at line 6. */
const production = (lines: string) =>
  `${HEAD}    production:\n${lines
    .split('\n')
    .map(line => `      ${line}\n`)
    .join('')}`;

describe('parseDeliveryFile', () => {
  it('gives each strategy its defaults', () => {
    const text = `${HEAD}    production: { strategy: canary }
    qa: { strategy: direct }
    staging: { strategy: direct, deployOn: push }
    preview: { strategy: direct }
`;
    const checks = ['ci', 'security', 'smoke-test', 'schema'];
    const shared = { approval: false, smokeTestPath: '/healthz', verdict: {} };
    expect(parseDeliveryFile(text)).toEqual({
      plans: {
        production: {
          ...shared,
          strategy: 'canary',
          stages: [
            { percent: 5, minutes: 5, approval: false },
            { percent: 25, minutes: 10, approval: false },
            { percent: 50, minutes: 10, approval: false },
          ],
          watchMinutes: 15,
          checks,
        },
        qa: createPlan('direct'),
        staging: { ...createPlan('direct'), deployOn: 'push' },
        preview: {
          ...shared,
          strategy: 'direct',
          stages: [],
          watchMinutes: 0,
          checks: [],
        },
      },
    });
  });

  it('reads everything that can be said, shares in percent too', () => {
    const text = production(`strategy: canary
stages:
  - { percent: 1, minutes: 0.1 }
  - { percent: 99, minutes: 30, approval: true }
watchMinutes: 0.2
approval: true
checks: [ci]
smokeTestPath: /api/health?deep=1
verdict:
  errorTolerance: 0.5 %
  latencyTolerance: 0.1
  falseAbortRate: '1%'
  catastropheRatio: 100 %
  minimumRequests: 20`);
    expect(parseDeliveryFile(text)).toEqual({
      plans: {
        production: {
          strategy: 'canary',
          stages: [
            { percent: 1, minutes: 0.1, approval: false },
            { percent: 99, minutes: 30, approval: true },
          ],
          watchMinutes: 0.2,
          approval: true,
          checks: ['ci'],
          smokeTestPath: '/api/health?deep=1',
          verdict: {
            errorTolerance: 0.005,
            latencyTolerance: 0.1,
            falseAbortRate: 0.01,
            catastropheRatio: 1,
            minimumRequests: 20,
          },
        },
      },
    });
  });

  it('takes the file that every fork starts with', () => {
    const text = readFileSync(
      resolve(__dirname, '../../../../../templates/base-app/forkyard.yaml'),
      'utf8',
    );
    expect(parseDeliveryFile(text)).toEqual({
      plans: { production: createPlan('direct') },
    });
  });

  it.each([
    ['strategy: yolo', 6, "must be 'direct', 'blue-green' or 'canary'"],
    ['watchMinutes: 5', 6, "'spec.environments.production.strategy' must be"],
    [
      'strategy: direct\napproval: true',
      7,
      "'spec.environments.production.approval' is not known of the strategy 'direct'",
    ],
    [
      'strategy: blue-green\nstages: []',
      7,
      "is not known of the strategy 'blue-green'",
    ],
    ['strategy: canary\nstages: []', 7, 'must have a stage'],
    [
      'strategy: canary\nstages:\n  - { percent: 100, minutes: 1 }',
      8,
      'must be at most 99',
    ],
    [
      'strategy: canary\nstages:\n  - { percent: 2.5, minutes: 1 }',
      8,
      'must be a whole number',
    ],
    [
      'strategy: canary\nstages:\n  - { percent: 5, minutes: 1 }\n  - { percent: 5, minutes: 1 }',
      9,
      "'spec.environments.production.stages.1.percent' must be more than in the stage before",
    ],
    [
      'strategy: canary\nstages:\n  - { percent: 5 }',
      8,
      'must be a number of minutes',
    ],
    ['strategy: canary\nwatchMinutes: -1', 7, 'must be 0 or more'],
    ['strategy: canary\nwatchMinutes: .inf', 7, 'watchMinutes'],
    ['strategy: canary\nwatchMinutes: 1441', 7, 'must be at most 1440'],
    ['strategy: canary\napproval: "yes"', 7, 'must be true or false'],
    ['strategy: canary\nchecks: [ci, fuzzing]', 7, "must be 'ci'"],
    ['strategy: canary\nchecks: [ci, ci]', 7, 'must name each check once'],
    [
      'strategy: canary\nsmokeTestPath: //evil.example/x',
      7,
      'must be a path such as /healthz',
    ],
    [
      'strategy: canary\nsmokeTestPath: "/x\\r\\nhost: y"',
      7,
      'must be a path such as /healthz',
    ],
    [
      'strategy: canary\nverdict:\n  errorTolerance: 5',
      8,
      "must be a share such as 0.005 or '0.5 %', more than 0 and at most 20 %",
    ],
    [
      'strategy: canary\nverdict:\n  errorTolerance: half',
      8,
      'must be a share such as',
    ],
    ['strategy: canary\nverdict:\n  patience: 3', 8, 'is not known'],
  ])('refuses %j and says where', (lines, line, message) => {
    const parsed = parseDeliveryFile(production(lines));
    expect(parsed).toMatchObject({
      problems: [{ line, message: expect.stringContaining(message) }],
    });
  });

  it.each([
    ['', 'The file says nothing'],
    ['# only a comment\n', 'The file says nothing'],
    ['a: [', 'Not valid YAML'],
    ['[]', 'The document is not valid'],
    [`${HEAD}    A B: { strategy: direct }\n`, 'must be named by'],
    [
      `${HEAD}    preview: { strategy: canary }\n`,
      "'spec.environments.preview.strategy' must be 'direct'",
    ],
    [
      `${HEAD}    staging: { strategy: blue-green }\n`,
      "'spec.environments.staging.strategy' must be 'direct': only production's traffic",
    ],
    [
      production('strategy: direct\ndeployOn: push'),
      "'spec.environments.production.deployOn' must be left out",
    ],
    [
      `${HEAD}    staging: { strategy: direct, deployOn: merge }\n`,
      "'spec.environments.staging.deployOn' must be 'push'",
    ],
    [`${HEAD}    development: { strategy: direct }\n`, 'must be left out'],
    [
      `${HEAD}    ${'e'.repeat(33)}: { strategy: direct }\n`,
      'at most 32 characters',
    ],
    [`${HEAD}    '10': { strategy: direct }\n`, 'a letter first'],
    [production('strategy: direct\nstrategy: canary'), 'Not valid YAML'],
    [`${HEAD}    production: {}\n---\nkind: Delivery\n`, 'second document'],
    [
      `${HEAD}    a: &a { strategy: direct }\n    b: *a\n`,
      'Aliases are not supported',
    ],
    [`a: ${'['.repeat(40)}${']'.repeat(40)}`, 'levels deep'],
    ['['.repeat(30_000), 'Not valid YAML'],
    [`# ${'x'.repeat(32 * 1024)}`, 'larger than 32 KiB'],
    [
      `${HEAD}${Array.from({ length: 11 }, (_, index) => `    e${index}: { strategy: direct }\n`).join('')}`,
      'at most 10 environments',
    ],
    [
      HEAD.replace('v1alpha1', 'v2').concat('    a: { strategy: direct }\n'),
      "'apiVersion' must be 'forkyard.dev/v1alpha1'",
    ],
  ])('refuses the file %#', (text, message) => {
    const { problems } = parseDeliveryFile(text) as {
      problems: { message: string }[];
    };
    expect(problems[0]?.message).toContain(message);
    expect(problems.length).toBeLessThanOrEqual(20);
  });

  it('names every fault of a file, and then has no plan of it', () => {
    const text = `${HEAD}    production: { strategy: canary, approval: 1, x: 2 }
    staging: { strategy: no }
`;
    expect(parseDeliveryFile(text)).toEqual({
      problems: [
        expect.objectContaining({ line: 5 }),
        expect.objectContaining({ line: 5 }),
        expect.objectContaining({ line: 6 }),
      ],
    });
  });

  it('takes stages exactly when they ascend', () => {
    const percents = fc.array(fc.integer({ min: 1, max: 99 }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(percents, values => {
        const stages = values.map(percent => ({ percent, minutes: 1 }));
        const parsed = parseDeliveryFile(
          production(`strategy: canary\nstages: ${JSON.stringify(stages)}`),
        );
        const ascends = values.every(
          (value, index) => index === 0 || value > values[index - 1],
        );
        expect('plans' in parsed).toBe(ascends);
      }),
      { numRuns: 200 },
    );
  });

  it('ends with plans or problems whatever is in the file', () => {
    const anything = fc
      .array(
        fc.oneof(
          fc.string(),
          fc.constantFrom(HEAD, '    a:\n', '- ', ': ', '\n', '&a ', '*a', '{'),
        ),
      )
      .map(parts => parts.join(''));
    fc.assert(
      fc.property(anything, text => {
        const parsed = parseDeliveryFile(text);
        expect('plans' in parsed || parsed.problems.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
