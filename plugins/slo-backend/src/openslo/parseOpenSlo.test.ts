import { readFileSync } from 'node:fs';
import { MAX_FILE_BYTES, parseOpenSlo } from './parseOpenSlo';

const GOOD = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  displayName: Requests that do not fail
  annotations:
    forkyard.dev/runbook: runbooks/high-error-rate.md
spec:
  description: No request fails
  service: shop
  indicator:
    metadata:
      name: sli
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: VercelDrain
            spec: { signal: requests, statusBelow: 500 }
        total:
          metricSource:
            type: VercelDrain
            spec: { signal: requests }
  timeWindow:
    - duration: 4w
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
`;

const QUICK = GOOD.replace('name: availability', 'name: latency')
  .replace(
    'signal: requests, statusBelow: 500',
    'signal: durations, atMostMilliseconds: 500',
  )
  .replace('{ signal: requests }', '{ signal: durations }')
  .replace('target: 0.999', 'targetPercent: 95');

function parse(text: string) {
  const result = parseOpenSlo({ path: 'slo.yaml', text });
  return 'definitions' in result
    ? result
    : {
        problems: result.problems.map(
          ({ path, line, message }) => `${path}:${line ?? '-'} ${message}`,
        ),
      };
}

/** The good file with one line exchanged. */
function broken(from: string | RegExp, to: string): string {
  const text = GOOD.replace(from, to);
  if (text === GOOD) throw new Error(`Nothing matches ${from}`);
  return text;
}

/** Exactly a string, or whatever an expression matches. */
function toMatcher(fault: string | RegExp): unknown {
  return typeof fault === 'string' ? fault : expect.stringMatching(fault);
}

describe('parseOpenSlo', () => {
  it('reads several documents, and leaves the kinds that it does not need', () => {
    const service = 'apiVersion: openslo/v1\nkind: Service\nmetadata: {}\n';
    expect(parse(`# First\n${service}---\n${GOOD}---\n${QUICK}`)).toEqual({
      definitions: [
        {
          name: 'availability',
          title: 'Requests that do not fail',
          description: 'No request fails',
          objective: 0.999,
          windowDays: 28,
          runbook: 'runbooks/high-error-rate.md',
          indicator: { type: 'availability' },
        },
        expect.objectContaining({
          name: 'latency',
          objective: 0.95,
          indicator: { type: 'latency', thresholdMilliseconds: 500 },
        }),
      ],
    });
  });

  it('reads what the base application defines', () => {
    const text = readFileSync(
      `${__dirname}/../../../../templates/base-app/slo.yaml`,
      'utf8',
    );
    expect(parse(text)).toEqual({
      definitions: [
        expect.objectContaining({
          name: 'availability',
          objective: 0.999,
          indicator: { type: 'availability' },
          runbook: 'runbooks/high-error-rate.md',
        }),
        expect.objectContaining({
          name: 'latency',
          objective: 0.95,
          indicator: { type: 'latency', thresholdMilliseconds: 500 },
        }),
      ],
    });
  });

  it('reads an indicator that stands by itself, and queries of what is bad', () => {
    const text = `apiVersion: openslo/v1
kind: SLI
metadata: { name: errors }
spec:
  ratioMetric:
    counter: true
    bad:
      metricSource: { type: Prometheus, spec: { query: 'sum(rate(errors_total[5m]))' } }
    total:
      metricSource: { type: Prometheus, spec: { query: 'sum(rate(requests_total[5m]))' } }
---
${GOOD.replace(/ {2}indicator:[^]*?(?= {2}timeWindow)/, '  indicatorRef: errors\n')}`;
    expect(parse(text)).toEqual({
      definitions: [
        expect.objectContaining({
          indicator: {
            type: 'prometheus',
            counted: 'bad',
            countedQuery: 'sum(rate(errors_total[5m]))',
            totalQuery: 'sum(rate(requests_total[5m]))',
          },
        }),
      ],
    });
    expect(parse(text.replace('name: errors', 'name: others'))).toEqual({
      problems: ["slo.yaml:22 The file defines no valid SLI named 'errors'"],
    });
  });

  const faulty: [text: string, fault: string | RegExp][] = [
    ['', 'slo.yaml:- The file defines no SLO'],
    ['---\n---\n', 'slo.yaml:- The file defines no SLO'],
    ['just words', /^slo.yaml:1 The document is not valid: /],
    ['- a\n- list', /^slo.yaml:1 The document is not valid: /],
    ['a: [', /^slo.yaml:1 Not valid YAML: /],
    ['\u0000\u0001\u0002', /^slo.yaml:/],
    [`${GOOD}spec: twice\n`, /^slo.yaml:\d+ Not valid YAML: /],
    [
      broken('openslo/v1', 'openslo/v2'),
      "slo.yaml:1 'apiVersion' must be 'openslo/v1', the only version that is understood",
    ],
    [
      broken('kind: SLO', 'kind: Pod'),
      "slo.yaml:2 'kind' must be a kind of OpenSLO such as 'SLO'",
    ],
    [
      broken('name: availability', 'name: Not a name'),
      /^slo.yaml:4 'metadata.name' must be 1 to 63 lower case/,
    ],
    [
      broken('runbooks/high', '../../secrets'),
      /^slo.yaml:7 '.*forkyard.dev\/runbook' must be the path/,
    ],
    [
      broken('target: 0.999', 'target: 1'),
      /^slo.yaml:\d+ 'spec.objectives.0.target' is not valid/,
    ],
    [broken('target: 0.999', 'target: .nan'), /objectives.0.target/],
    [
      broken('target: 0.999', 'displayName: None'),
      /'spec.objectives.0' must have either a target or a targetPercent/,
    ],
    [
      broken('- target: 0.999', '- target: 0.999\n    - target: 0.9'),
      /'spec.objectives' must have exactly one objective/,
    ],
    [broken('duration: 4w', 'duration: 1M'), /'spec.timeWindow.0.duration' /],
    [broken('duration: 4w', 'duration: 90d'), /must be at most 35 days/],
    [
      broken('isRolling: true', 'isRolling: false'),
      /isRolling' must be true: calendar windows are not supported/,
    ],
    [broken('Occurrences', 'Timeslices'), /must be 'Occurrences'/],
    [
      broken('type: VercelDrain', 'type: Datadog'),
      /must be 'VercelDrain' or 'Prometheus'/,
    ],
    [
      broken('statusBelow: 500', 'statusBelow: 400'),
      /^slo.yaml:\d+ '.*statusBelow' must be 500/,
    ],
    [broken('statusBelow: 500', 'statusbelow: 500'), /^slo.yaml:20 /],
    [
      broken(', statusBelow: 500', ''),
      /must have 'statusBelow: 500' for good, and not for total/,
    ],
    [
      broken('{ signal: requests }', '{ signal: durations }'),
      /must have the same 'signal' for good and total/,
    ],
    [
      QUICK.replace('atMostMilliseconds: 500', 'atMostMilliseconds: 0'),
      /^slo.yaml:\d+ '.*atMostMilliseconds' /,
    ],
    [
      broken('ratioMetric:', 'thresholdMetric:'),
      /thresholdMetric' is not supported: use a ratioMetric/,
    ],
    [
      broken(/ {2}indicator:[^]*?(?= {2}timeWindow)/, ''),
      /^slo.yaml:9 must have either an 'indicator' or an 'indicatorRef'/,
    ],
    [`${GOOD}---\n${GOOD}`, /^slo.yaml:\d+ There are two SLOs named/],
    [
      GOOD.replaceAll('VercelDrain', 'Prometheus').replaceAll(
        /\{ signal.*\}/g,
        '{ query: requests_total }',
      ),
      /must have queries that take the rate of their counters/,
    ],
    [
      GOOD.replace('type: VercelDrain', 'type: Prometheus').replace(
        /\{ signal.*\}/,
        '{ query: "rate(x[5m])" }',
      ),
      /must have one type of 'metricSource' on both sides/,
    ],
    ['a: &a [x]\nb: *a', 'slo.yaml:2 Aliases are not supported'],
    [
      Array.from(
        { length: 21 },
        (_, index) => `${GOOD.replace('availability', `slo-${index}`)}---\n`,
      ).join(''),
      /defines 21 SLOs; 20 are allowed/,
    ],
  ];

  it.each(faulty.map(([text, fault]) => [fault, text] as const))(
    'says %s',
    (fault, text) => {
      const result = parse(text);
      const problems = 'problems' in result ? result.problems : [];
      expect(problems).toContainEqual(toMatcher(fault));
    },
  );

  it('names the line of every SLO that is wrong', () => {
    const text = `${broken('0.999', '7')}---\n${QUICK.replace('95', '950')}`;
    expect(parse(text)).toEqual({
      problems: [
        expect.stringMatching(/^slo.yaml:30 'spec.objectives.0.target'/),
        expect.stringMatching(/^slo.yaml:61 'spec.objectives.0.targetPercent'/),
      ],
    });
  });

  it('is done quickly with what is large, deep or stands for a lot', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let index = 0; index < 20; index++) {
      const name = String.fromCharCode(97 + index);
      const next = String.fromCharCode(98 + index);
      bomb.push(`${next}: &${next} [${`*${name},`.repeat(9)}*${name}]`);
    }
    const keys = Array.from({ length: 9000 }, (_, index) => `k${index}: 1`);
    const started = performance.now();
    const results = [
      'x'.repeat(MAX_FILE_BYTES + 1),
      bomb.join('\n'),
      '['.repeat(60_000),
      `a: ${'['.repeat(30)}${']'.repeat(30)}`,
      `${'- '.repeat(5000)}x`,
      keys.join('\n').slice(0, MAX_FILE_BYTES),
      'a: |\n'.repeat(5000),
    ].map(text => ('problems' in parse(text) ? 'refused' : 'taken'));
    expect(results).toEqual(results.map(() => 'refused'));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
