import { forkRequestSchema } from '@forkyard/plugin-forks-common';
import { parseAllDocuments } from 'yaml';
import { rewriteForkFiles, type ForkIdentity } from './rewriteForkFiles';

const identity = (changes: object = {}): ForkIdentity => ({
  request: forkRequestSchema.parse({
    name: 'shop',
    title: 'Shop: the "best" #1',
    description: 'Line\nbreak',
    owner: 'group:default/platform',
    baseApplication: 'acme/base-app',
    monthlyBudgetUsd: 12.5,
    ...changes,
  }),
  base: { repository: 'acme/base-app', sha: 'a'.repeat(40) },
  repository: 'acme/shop',
  teamId: 'team_acme',
});

const read = (files: Map<string, string>, path: string) =>
  parseAllDocuments(files.get(path) ?? '').map(document => document.toJS());

const catalog = `# Kept
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: base-app
  tags: [ai, base-application]
  annotations:
    example.com/mine: kept
    forkyard.dev/runbooks: docs/runbooks
spec:
  type: website
  lifecycle: experimental
  owner: somebody
  system: demo
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: base-api
`;

describe('rewriteForkFiles', () => {
  it('says who the fork is and leaves the rest as it was', () => {
    const files = rewriteForkFiles(
      new Map([['catalog-info.yaml', catalog]]),
      identity(),
    );
    const [component, api] = read(files, 'catalog-info.yaml');
    expect(component).toEqual({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name: 'shop',
        title: 'Shop: the "best" #1',
        description: 'Line\nbreak',
        tags: ['ai'],
        annotations: {
          'example.com/mine': 'kept',
          'forkyard.dev/runbooks': 'docs/runbooks',
          'forkyard.dev/slo': 'slo.yaml',
          'forkyard.dev/base': `acme/base-app@${'a'.repeat(40)}`,
          'forkyard.dev/fork-of': 'component:default/base-app',
          'forkyard.dev/budget': '12.5',
          'github.com/project-slug': 'acme/shop',
          'vercel.com/project-id': 'shop',
          'vercel.com/team-id': 'team_acme',
        },
      },
      spec: {
        type: 'website',
        lifecycle: 'experimental',
        owner: 'group:default/platform',
      },
    });
    expect(api.metadata.name).toBe('base-api');
    expect(files.get('catalog-info.yaml')).toContain('# Kept');
    expect(files.has('slo.yaml')).toBe(false);
  });

  it('writes a catalog file where the base has none', () => {
    const files = rewriteForkFiles(
      new Map(),
      identity({ system: 'system:default/demo' }),
    );
    const [component] = read(files, 'catalog-info.yaml');
    expect(component).toMatchObject({
      kind: 'Component',
      metadata: { name: 'shop' },
      spec: { owner: 'group:default/platform', system: 'system:default/demo' },
    });
    expect(component.metadata.annotations).not.toHaveProperty([
      'forkyard.dev/fork-of',
    ]);
  });

  it('names the fork in its objectives, and sets the tier of each', () => {
    const slo = `# Objectives
apiVersion: openslo/v1
kind: Service
metadata:
  name: base-app
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  labels:
    tier: standard
    team: kept
spec:
  service: base-app
`;
    const files = rewriteForkFiles(
      new Map([
        ['catalog-info.yaml', catalog],
        ['slo.yaml', slo],
      ]),
      identity({ sloTier: 'critical' }),
    );
    expect(read(files, 'slo.yaml')).toEqual([
      {
        apiVersion: 'openslo/v1',
        kind: 'Service',
        metadata: { name: 'shop', labels: { tier: 'critical' } },
      },
      {
        apiVersion: 'openslo/v1',
        kind: 'SLO',
        metadata: {
          name: 'availability',
          labels: { tier: 'critical', team: 'kept' },
        },
        spec: { service: 'shop' },
      },
    ]);
  });

  it('gives the same bytes for the same input, so that a repeated commit has the same id', () => {
    const once = rewriteForkFiles(
      new Map([['catalog-info.yaml', catalog]]),
      identity(),
    );
    const twice = rewriteForkFiles(
      new Map([['catalog-info.yaml', catalog]]),
      identity(),
    );
    expect(twice).toEqual(once);
  });
});
