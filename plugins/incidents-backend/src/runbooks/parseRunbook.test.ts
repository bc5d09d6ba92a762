import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseRunbook } from './parseRunbook';

const parse = (markdown: string) =>
  parseRunbook({ path: 'runbooks/it.md', markdown });

const step = (yaml: string) => parse(`\`\`\`step\n${yaml}\n\`\`\`\n`);

const problem = (yaml: string) => {
  const { problems, steps } = step(yaml);
  expect(steps).toMatchObject([{ problem: problems[0]?.message }]);
  expect(steps[0].spec).toBeUndefined();
  return problems;
};

describe('parseRunbook', () => {
  it('gives text and steps in the order of the file, each step with its text', () => {
    const parsed = parse(
      [
        '# Go back',
        '',
        'First look.',
        '',
        '```step',
        'type: http-check',
        'path: /healthz?full=1',
        '```',
        '',
        '```sh',
        'echo no step',
        '```',
        '',
        '```step',
        'type: rollback',
        'title: Back to what was',
        'environment: staging',
        '```',
        'The end.',
      ].join('\n'),
    );
    expect(parsed.title).toBe('Go back');
    expect(parsed.problems).toEqual([]);
    expect(parsed.parts).toEqual([
      { kind: 'text', markdown: '# Go back\n\nFirst look.' },
      { kind: 'step', index: 0 },
      { kind: 'text', markdown: '```sh\necho no step\n```' },
      { kind: 'step', index: 1 },
      { kind: 'text', markdown: 'The end.' },
    ]);
    expect(parsed.steps).toEqual([
      {
        index: 0,
        title: 'Check that /healthz?full=1 answers 200',
        text: '# Go back\n\nFirst look.',
        line: 5,
        spec: {
          type: 'http-check',
          environment: 'production',
          path: '/healthz?full=1',
          expectStatus: 200,
          timeoutSeconds: 10,
        },
      },
      {
        index: 1,
        title: 'Back to what was',
        text: '```sh\necho no step\n```',
        line: 14,
        spec: {
          type: 'rollback',
          environment: 'staging',
          timeoutSeconds: 300,
        },
      },
    ]);
  });

  it.each([
    ['a type that nobody knows', 'type: explode', 2, 'no known'],
    ['no type', 'path: /', 2, 'no known'],
    ['a misspelled key', 'type: rollback\n\nenviroment: x', 4, "'enviroment'"],
    ['a wrong value', 'type: redeploy\ntimeoutSeconds: 0', 3, 'timeoutSeconds'],
    ['a missing value', 'type: wait-for', 2, "lacks 'condition'"],
    ['broken YAML', 'type: ask\nquestion: "open', 3, 'no YAML'],
    ['a key twice', 'type: rollback\ntype: redeploy', 3, 'unique'],
    ['no mapping', '- rollback', 2, 'such as'],
    ['nothing', '', 2, 'such as'],
    ['two documents', 'type: rollback\n---\ntype: ask', 3, 'no YAML'],
    [
      'options that repeat',
      'type: ask\nquestion: Really?\noptions: [a, a]',
      4,
      'differ',
    ],
    [
      'an end that is no option',
      'type: ask\nquestion: Really?\noptions: [a]\nendOn: [b]',
      5,
      'endOn',
    ],
  ])(
    'says what is wrong with %s, and in which line',
    (_, yaml, line, words) => {
      expect(problem(yaml)).toEqual([
        { line, message: expect.stringContaining(words) },
      ]);
    },
  );

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    'healthz',
    '/a b',
    '"/a\\nHost: b"',
    '@evil.example/',
  ])('refuses %s, which may lead to another host', path => {
    expect(problem(`type: http-check\npath: ${path}`)).toHaveLength(1);
  });

  it('refuses aliases, which may stand for gigabytes', () => {
    const bomb = ['a: &a [x, x]'];
    for (let level = 0; level < 20; level++) {
      bomb.push(
        `b${level}: &b${level} [*${level ? `b${level - 1}` : 'a'}, *a]`,
      );
    }
    expect(problem(bomb.join('\n'))[0].message).toContain('aliases');
  });

  it('keeps the other steps and the text when one is broken', () => {
    const parsed = parse(
      '# T\n\n```step\ntype: x\n```\n\nGo on.\n\n```step\ntype: rollback\n```\n',
    );
    expect(parsed.steps.map(({ spec }) => spec?.type)).toEqual([
      undefined,
      'rollback',
    ]);
    expect(parsed.problems).toHaveLength(1);
  });

  it('says that a step in a list is not run', () => {
    const { steps, problems } = parse(
      '- a\n\n  ```step\n  type: rollback\n  ```',
    );
    expect(steps).toEqual([]);
    expect(problems).toEqual([
      { line: 3, message: expect.stringContaining('list') },
    ]);
  });

  it('reads at most 50 steps and says where it stopped', () => {
    const { steps, problems } = parse(
      '```step\ntype: rollback\n```\n'.repeat(51),
    );
    expect(steps).toHaveLength(50);
    expect(problems).toEqual([
      { line: 151, message: expect.stringContaining('at most 50') },
    ]);
  });

  it.each([
    ['emphasis', '*a'.repeat(32_000)],
    ['brackets', '['.repeat(64_000)],
    ['quotes', '> '.repeat(32_000)],
    ['lists', '- '.repeat(32_000)],
    ['fences', '```step\n'.repeat(8000)],
    ['flow sequences', `\`\`\`step\n${'['.repeat(3900)}\n\`\`\``],
    ['flow mappings', `\`\`\`step\n${'{a: '.repeat(900)}\n\`\`\``],
    ['a file that is too long', 'a\n'.repeat(40_000)],
  ])('is soon done with a hostile file of %s', (_, markdown) => {
    const began = performance.now();
    const parsed = parse(markdown);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(parsed.steps.every(({ spec }) => !spec)).toBe(true);
  });

  it('loses no step and never throws, whatever stands around it', () => {
    const piece = fc.oneof(
      fc.constant('```step\ntype: rollback\n```'),
      fc.constant('```step\ntype: [\n```'),
      fc.constantFrom('# T', 'text', '- a', '> b', '---', '| a |\n|---|'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        const { steps, parts, problems } = parse(pieces.join('\n\n'));
        const wanted = pieces.filter(each => each.startsWith('```step'));
        expect(steps.map(({ spec }) => !!spec)).toEqual(
          wanted.map(each => each.includes('rollback')),
        );
        expect(parts.filter(({ kind }) => kind === 'step')).toHaveLength(
          steps.length,
        );
        expect(problems).toHaveLength(steps.filter(({ spec }) => !spec).length);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), text => {
        step(text);
        parse(text);
      }),
    );
  });

  it('takes the runbooks of the base application without a problem', () => {
    const folder = join(__dirname, '../../../../templates/base-app/runbooks');
    const types = readdirSync(folder).map(path => {
      const { problems, steps } = parseRunbook({
        path,
        markdown: readFileSync(join(folder, path), 'utf8'),
      });
      expect([path, problems]).toEqual([path, []]);
      return [path, steps.map(({ spec }) => spec?.type)];
    });
    expect(Object.fromEntries(types)).toEqual({
      'database-unavailable.md': ['ask', 'redeploy', 'wait-for'],
      'high-error-rate.md': ['ask', 'rollback', 'http-check', 'wait-for'],
      'roll-back.md': ['rollback', 'http-check'],
    });
  });
});
