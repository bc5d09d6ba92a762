import * as common from './index';

describe('names that others rely on', () => {
  it('says in a permission whose it is, what it is for and what is done', () => {
    const names = common.forksPermissions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, attributes } of common.forksPermissions) {
      const [plugin, thing, verb] = name.split('.');
      expect([plugin, thing]).toEqual(['forks', 'fork']);
      expect(verb).toBe(attributes.action);
    }
  });

  it('keeps annotations under one domain', () => {
    const annotations = Object.entries(common)
      .filter(([name]) => name.startsWith('ANNOTATION_'))
      .map(([, value]) => value);
    expect(annotations).toHaveLength(3);
    for (const annotation of annotations) {
      expect(annotation).toMatch(/^forkyard\.dev\/[a-z-]+$/);
    }
  });

  it('gives each provisioning a channel of its own under the plugin', () => {
    expect(common.provisioningSignalChannel('1')).toMatch(/^forks:/);
    expect(common.provisioningSignalChannel('1')).not.toBe(
      common.provisioningSignalChannel('2'),
    );
  });
});
