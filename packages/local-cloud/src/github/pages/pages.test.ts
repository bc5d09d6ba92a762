import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../../testing';

describe('pages of a repository', () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  let sha: string;
  const place = { owner: 'acme', repo: 'shown' };
  const wicked = '<script>alert("1")</script>';

  beforeAll(async () => {
    cloud = await startTestLocalCloud({ config: { baseAppDir: undefined } });
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    await octokit.repos.createInOrg({
      org: 'acme',
      name: 'shown',
      description: wicked,
    });
    for (const [path, text] of [
      ['docs/guide.md', wicked],
      ['binary.bin', 'a\0b'],
    ]) {
      const { data } = await octokit.repos.createOrUpdateFileContents({
        ...place,
        path,
        message: `Write ${path} ${wicked}`,
        content: Buffer.from(text).toString('base64'),
      });
      sha = data.commit.sha ?? '';
    }
    await octokit.git.createRef({
      ...place,
      ref: 'refs/heads/feature/one',
      sha,
    });
  });

  afterAll(() => cloud.dispose());

  const open = async (path: string) => {
    const response = await fetch(`${cloud.urls.github}${path}`);
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    };
  };

  it('shows how to clone, the files and the latest commits', async () => {
    const { text, headers } = await open('/acme/shown');
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain(`git clone ${cloud.urls.github}/acme/shown.git`);
    expect(text).toContain('href="/acme/shown/tree/main/docs"');
    expect(text).toContain('href="/acme/shown/blob/main/binary.bin"');
    expect(text).toContain(`href="/acme/shown/commit/${sha}"`);
  });

  it('leads from a link to an editor to the file, and says how to change it', async () => {
    const { status, text } = await open('/acme/shown/edit/main/docs/guide.md');
    expect(status).toBe(200);
    expect(text).toContain('href="/acme/shown/raw/main/docs/guide.md"');
    expect(text).toContain(`git clone ${cloud.urls.github}/acme/shown.git`);
  });

  it('escapes everything that people have written', async () => {
    for (const path of [
      '/acme',
      '/acme/shown',
      '/acme/shown/blob/main/docs/guide.md',
      `/acme/shown/commit/${sha}`,
    ]) {
      const { text, headers } = await open(path);
      expect(text).toContain('&lt;script&gt;');
      expect(text).not.toContain('<script');
      expect(headers.get('content-security-policy')).toContain(
        "default-src 'none'",
      );
    }
  });

  it('shows a folder, a file and a commit, also of a branch with a slash', async () => {
    expect((await open('/acme/shown/tree/feature/one/docs')).text).toContain(
      'guide.md',
    );
    expect((await open('/acme/shown/tree/main')).text).toContain('docs/');
    expect((await open('/acme/shown/blob/main/binary.bin')).text).toContain(
      'This file is binary',
    );
    expect((await open(`/acme/shown/commit/${sha}`)).text).toContain(
      'binary.bin',
    );
  });

  it('sends a raw file as text that a browser does not run', async () => {
    const raw = await open('/acme/shown/raw/main/docs/guide.md');
    expect(raw.text).toBe(wicked);
    expect(raw.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(raw.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('shows an empty repository with what to do next', async () => {
    await octokit.repos.createInOrg({ org: 'acme', name: 'bare' });
    expect((await open('/acme/bare')).text).toContain(
      'Nothing has been pushed yet',
    );
  });

  it('answers 404 to what does not exist', async () => {
    for (const path of [
      '/nobody',
      '/acme/absent',
      '/acme/shown/blob/main/absent.txt',
      '/acme/shown/tree/absent',
      `/acme/shown/commit/${'0'.repeat(40)}`,
    ]) {
      expect([path, (await open(path)).status]).toEqual([path, 404]);
    }
  });
});
