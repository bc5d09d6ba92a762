import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { forkRequestSchema } from '@forkyard/plugin-forks-common';
import { parse } from 'yaml';
import {
  FORK_FILES,
  rewriteForkFiles,
  type ForkIdentity,
} from './rewriteForkFiles';

const BASE = resolve(__dirname, '../../../../templates/base-app');
const WORKFLOWS = join(BASE, '.github/workflows');
const CALL = /^acme\/base-app\/\.github\/workflows\/([\w.-]+\.yml)@main$/;

const identity = (sloTier: 'standard' | 'critical'): ForkIdentity => ({
  request: forkRequestSchema.parse({
    name: 'shop',
    title: 'Shop',
    description: 'A shop',
    owner: 'group:default/platform',
    baseApplication: 'acme/base-app',
    sloTier,
  }),
  base: { repository: 'acme/base-app', sha: 'a'.repeat(40) },
  repository: 'acme/shop',
});

const baseFiles = () =>
  new Map(
    FORK_FILES.map(path => [path, readFileSync(join(BASE, path), 'utf8')]),
  );

const fork = (
  sloTier: 'standard' | 'critical' = 'standard',
  files = baseFiles(),
) => rewriteForkFiles(files, identity(sloTier));

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  'runs-on'?: string;
  uses?: string;
  with?: Record<string, unknown>;
  secrets?: Record<string, unknown> | string;
  steps?: Step[];
}

interface Workflow {
  name: string;
  on: {
    workflow_call?: {
      inputs?: Record<string, { required?: boolean; default?: unknown }>;
      secrets?: Record<string, { required?: boolean }>;
    };
  };
  permissions: Record<string, string>;
  concurrency?: { group: string };
  jobs: Record<string, Job>;
}

const reusable = new Map(
  readdirSync(WORKFLOWS)
    .filter(file => file !== 'ci.yml')
    .map(file => [
      file,
      parse(readFileSync(join(WORKFLOWS, file), 'utf8')) as Workflow,
    ]),
);
const ci = (files = fork()): Workflow =>
  parse(String(files.get('.github/workflows/ci.yml')));

const calledBy = (job: Job): string => CALL.exec(String(job.uses))?.[1] ?? '';

describe('rewriteForkFiles, of how a fork is delivered', () => {
  it('leaves a standard fork direct, byte for byte as the base says it', () => {
    const files = baseFiles();
    expect(fork('standard', files).get('forkyard.yaml')).toBe(
      files.get('forkyard.yaml'),
    );
  });

  it('makes a critical fork a canary without approval, and says how to ask for one', () => {
    const text = String(fork('critical').get('forkyard.yaml'));
    expect(parse(text)).toEqual({
      apiVersion: 'forkyard.dev/v1alpha1',
      kind: 'Delivery',
      spec: {
        environments: { production: { strategy: 'canary', approval: false } },
      },
    });
    expect(text).toMatch(
      /approval: false # true: a second person must approve each rollout\n/,
    );
    expect(text).toContain('# How new versions reach their users.');
  });

  it.each([
    'spec: { environments: { production: { strategy: blue-green } } }\n',
    'kind: Other\n',
    'no map',
    '',
  ])('leaves what a base chose itself, or no delivery at all: %j', text => {
    const files = baseFiles().set('forkyard.yaml', text);
    expect(fork('critical', files).get('forkyard.yaml')).toBe(text);
  });

  it('adds neither file to a fork whose base has none', () => {
    const files = baseFiles();
    files.delete('forkyard.yaml');
    files.delete('.github/workflows/ci.yml');
    expect([...fork('critical', files).keys()]).toEqual([
      'catalog-info.yaml',
      'slo.yaml',
    ]);
  });

  it('has the fork call the workflows of the base and changes nothing else', () => {
    const text = String(baseFiles().get('.github/workflows/ci.yml'));
    const rewritten = String(fork().get('.github/workflows/ci.yml'));
    expect(rewritten.replace(/acme\/base-app\/(.*)@main$/gm, './$1')).toBe(
      text,
    );
    expect(rewritten).not.toContain('uses: ./');
    expect(Object.values(ci().jobs).map(calledBy)).toEqual([
      'check.yml',
      'security.yml',
      'deployment.yml',
      'deployment.yml',
      'production.yml',
      'rollout.yml',
    ]);
  });

  it('leaves actions and steps in a workflow alone', () => {
    const text = `jobs:
  own:
    steps:
      - uses: actions/checkout@${'a'.repeat(40)} # v1
      - uses: ./.github/actions/mine
      - run: "echo uses: ./.github/workflows/check.yml is text"
`;
    const files = baseFiles().set('.github/workflows/ci.yml', text);
    expect(fork('standard', files).get('.github/workflows/ci.yml')).toBe(text);
  });
});

describe('the workflows of the base application', () => {
  const all = (): [string, Workflow][] => [['ci.yml', ci()], ...reusable];

  it('give nothing by default, and each job only what it is known to need', () => {
    const allowed = [
      'actions: read',
      'contents: read',
      'deployments: read',
      'security-events: write',
    ];
    for (const [file, workflow] of all()) {
      expect([file, workflow.permissions]).toEqual([file, {}]);
      for (const [id, job] of Object.entries(workflow.jobs)) {
        const where = `${file} ${id}`;
        expect([where, job.permissions]).toEqual([where, expect.any(Object)]);
        const granted = Object.entries(job.permissions ?? {}).map(
          ([name, access]) => `${name}: ${access}`,
        );
        expect(allowed).toEqual(expect.arrayContaining(granted));
      }
    }
  });

  it('end in time, on a runner that is named', () => {
    for (const { jobs } of reusable.values()) {
      for (const job of Object.values(jobs)) {
        expect(job['timeout-minutes']).toBeGreaterThan(0);
        expect(job['timeout-minutes']).toBeLessThanOrEqual(150);
        expect(job['runs-on']).toBe('ubuntu-24.04');
      }
    }
    expect(ci().concurrency?.group).toContain(
      'github.event.pull_request.number',
    );
  });

  it('pin each action to a commit, with its version beside it', () => {
    for (const [file] of reusable) {
      const text = readFileSync(join(WORKFLOWS, file), 'utf8');
      for (const line of text.match(/^.*\buses:.*$/gm) ?? []) {
        expect(line).toMatch(
          /uses: [\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/,
        );
      }
    }
  });

  it('are called with what they declare, need no more, and get the rights they use', () => {
    for (const [id, job] of Object.entries(ci().jobs)) {
      const called = reusable.get(calledBy(job));
      const { inputs = {}, secrets = {} } = called?.on.workflow_call ?? {};
      const required = Object.entries(inputs)
        .filter(([, input]) => input.required)
        .map(([name]) => name);
      expect(Object.keys(inputs)).toEqual(
        expect.arrayContaining(Object.keys(job.with ?? {})),
      );
      expect(Object.keys(job.with ?? {})).toEqual(
        expect.arrayContaining(required),
      );
      expect([id, typeof (job.secrets ?? {})]).toEqual([id, 'object']);
      expect(Object.keys(secrets)).toEqual(
        expect.arrayContaining(Object.keys(job.secrets ?? {})),
      );
      // A called workflow gets at most what its caller has, or does not start.
      for (const { permissions = {} } of Object.values(called?.jobs ?? {})) {
        expect(job.permissions).toMatchObject(permissions);
      }
    }
  });

  it('use what they declare, and declare what they use', () => {
    for (const [file, workflow] of reusable) {
      const text = readFileSync(join(WORKFLOWS, file), 'utf8');
      const { inputs = {}, secrets = {} } = workflow.on.workflow_call ?? {};
      const used = (context: string) =>
        [...text.matchAll(new RegExp(`\\b${context}\\.([\\w-]+)`, 'g'))].map(
          ([, name]) => name,
        );
      expect([file, new Set(used('inputs'))]).toEqual([
        file,
        new Set(Object.keys(inputs)),
      ]);
      expect([file, new Set(used('secrets'))]).toEqual([
        file,
        new Set(Object.keys(secrets)),
      ]);
    }
  });

  it('run for a stranger without secrets, and put nothing into a shell that others wrote', () => {
    const text = [...reusable.keys(), 'ci.yml']
      .map(file => readFileSync(join(WORKFLOWS, file), 'utf8'))
      .join('\n');
    expect(text).not.toMatch(/pull_request_target|secrets: inherit|set -x/);
    const steps = [...reusable.values()].flatMap(({ jobs }) =>
      Object.values(jobs).flatMap(job => job.steps ?? []),
    );
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
    const checkouts = steps.filter(({ uses }) =>
      uses?.startsWith('actions/checkout@'),
    );
    expect(checkouts.length).toBeGreaterThan(0);
    for (const { with: given } of checkouts) {
      expect(given).toEqual({ 'persist-credentials': false });
    }
  });

  it('never wait for the traffic under a name that the traffic waits for', () => {
    const [[, follower]] = Object.entries(ci().jobs).filter(
      ([, job]) => calledBy(job) === 'rollout.yml',
    );
    expect(follower).toMatchObject({
      name: expect.stringMatching(/^forkyard\//),
    });
  });
});
