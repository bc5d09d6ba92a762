import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertSettings, findLastConfig } from './assertSettings';

describe('assertSettings', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'app.yaml');
  writeFileSync(
    file,
    'a: ${FIRST}\n# not: ${COMMENTED}\nb: [${SECOND}, ${FIRST}]\n',
  );

  it('names every missing setting at once, and an empty one too', () => {
    expect(() => assertSettings([file], { SECOND: '' })).toThrow(
      `These settings are missing in the environment: FIRST (${file}), SECOND (${file})`,
    );
  });

  it('lets a whole configuration pass', () => {
    expect(() =>
      assertSettings([file], { FIRST: 'x', SECOND: 'y' }),
    ).not.toThrow();
  });

  it('looks at the last file that the command line names', () => {
    expect(
      findLastConfig(['--config', 'a.yaml', '--config', 'b.yaml', '--flag']),
    ).toEqual(['b.yaml']);
    expect(findLastConfig([])).toEqual([]);
  });
});
