import { cutText } from './runText';

const version = (deploymentId: string, name: string) => ({
  deploymentId,
  environment: 'production',
  name,
});
const bad = version('vercel:dpl_1', '9ab02e1 "Break it (again?)"');
const good = version('vercel:dpl_12', '3f2c1a9 "Fix it"');

describe('a sentence of a run', () => {
  it('is cut where it names versions, by id or by name', () => {
    expect(
      cutText(`Rolls back from ${bad.name} to vercel:dpl_12, it says`, [
        bad,
        good,
      ]),
    ).toEqual([
      { text: 'Rolls back from ' },
      { text: bad.name, version: bad },
      { text: ' to ' },
      { text: good.name, version: good },
      { text: ', it says' },
    ]);
  });

  it('names entities without kind and namespace', () => {
    expect(
      cutText(
        "You may not roll back 'component:default/image-studio' of Group:acme/platform.",
        [],
      ),
    ).toEqual([{ text: "You may not roll back 'image-studio' of platform." }]);
  });

  it('stays as it is without either', () => {
    expect(cutText('http://shop.localhost:4393/healthz did not', [])).toEqual([
      { text: 'http://shop.localhost:4393/healthz did not' },
    ]);
    expect(cutText('', [bad])).toEqual([]);
  });
});
