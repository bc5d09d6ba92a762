import fc from 'fast-check';
import {
  createProvisioningRequestSchema,
  forkNameSchema,
  forkRequestSchema,
} from './schemas';

const request = {
  name: 'shop',
  title: ' Shop ',
  owner: 'group:default/platform',
  baseApplication: 'acme/base-app',
};

const faultsOf = (value: unknown) => {
  const result = forkRequestSchema.safeParse(value);
  return result.success
    ? []
    : result.error.issues.map(
        ({ path, message }) => `${path.join('.')}: ${message}`,
      );
};

describe('forkNameSchema', () => {
  it('takes only what is a DNS label, a repository, a project and an entity name alike', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.stringMatching(/^[a-z0-9-]{1,50}$/),
          fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/),
        ),
        name => {
          if (!forkNameSchema.safeParse(name).success) return;
          expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
          expect(name.length).toBeGreaterThanOrEqual(2);
          expect(name.length).toBeLessThanOrEqual(48);
          expect(name).not.toContain('--');
          expect(name).toMatch(/[a-z]/);
        },
      ),
    );
  });

  it.each(['shop', 'a1', '1a', 'image-studio', 'x'.repeat(48)])(
    'takes %s',
    name => {
      expect(forkNameSchema.safeParse(name).success).toBe(true);
    },
  );

  it.each([
    ['www', 'This name is reserved'],
    ['api', 'This name is reserved'],
    ['x', 'A name has at least 2 characters'],
    ['x'.repeat(49), 'A name has at most 48 characters'],
    ['a--b', 'A name has no two hyphens in a row'],
    ['42', 'A name has at least one letter'],
    ['0-0', 'A name has at least one letter'],
  ])('says of %s: %s', (name, message) => {
    const result = forkNameSchema.safeParse(name);
    expect(result.error?.issues.map(issue => issue.message)).toContain(message);
  });
});

describe('forkRequestSchema', () => {
  it('fills in what may be left out', () => {
    expect(forkRequestSchema.parse(request)).toEqual({
      ...request,
      title: 'Shop',
      description: '',
      environmentVariables: [],
      secrets: [],
      sloTier: 'standard',
      monthlyBudgetUsd: 50,
      onFailure: 'keep',
    });
    expect(
      forkRequestSchema.parse({
        ...request,
        secrets: [{ key: 'TOKEN', ref: 'sealed-1' }],
      }).secrets[0].targets,
    ).toEqual(['production', 'preview']);
  });

  it.each<[object, string]>([
    [{ surplus: true }, 'surplus'],
    [{ owner: 'no such ref!' }, 'owner: Must be an entity reference'],
    [{ domain: 'localhost' }, 'domain: Must be a domain'],
    [{ domain: 'a..example.com' }, 'domain: Must be a domain'],
    [{ domain: 'https://example.com' }, 'domain: Must be a domain'],
    [{ monthlyBudgetUsd: -1 }, 'monthlyBudgetUsd'],
    [{ monthlyBudgetUsd: Number.NaN }, 'monthlyBudgetUsd'],
    [
      { environmentVariables: [{ key: '1A', value: '' }] },
      'environmentVariables.0.key: A variable name',
    ],
    [
      { environmentVariables: [{ key: 'VERCEL_URL', value: '' }] },
      'kept by the platform',
    ],
    [
      { environmentVariables: [{ key: 'FORKYARD_PROVISIONING', value: '' }] },
      'kept by the platform',
    ],
    [
      { environmentVariables: [{ key: 'A', value: '', targets: [] }] },
      'Choose at least one environment',
    ],
    [
      {
        environmentVariables: [{ key: 'A', value: '' }],
        secrets: [{ key: 'A', ref: 'r' }],
      },
      "Variable 'A' is given twice",
    ],
    // A secret's value has no place in a request.
    [{ secrets: [{ key: 'A', value: 'hunter2' }] }, 'secrets.0.ref'],
  ])('refuses %j', (changes, fault) => {
    expect(faultsOf({ ...request, ...changes }).join('\n')).toContain(fault);
  });
});

describe('createProvisioningRequestSchema', () => {
  it('takes the id of a step only', () => {
    expect(
      createProvisioningRequestSchema.safeParse({ request, through: 'domain' })
        .success,
    ).toBe(true);
    expect(
      createProvisioningRequestSchema.safeParse({ request, through: 'nowhere' })
        .success,
    ).toBe(false);
  });
});
