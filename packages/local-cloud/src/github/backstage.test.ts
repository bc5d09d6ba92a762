import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import { createPublishGithubAction } from '@backstage/plugin-scaffolder-backend-module-github';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';

describe("Backstage's own GitHub code against local-cloud", () => {
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  let folder: string;
  let config: ConfigReader;
  let integrations: ScmIntegrations;
  let host: string;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
    octokit = createTestOctokit({ url: cloud.urls.github, token: cloud.token });
    folder = await mkdtemp(path.join(tmpdir(), 'backstage-'));
    host = new URL(cloud.urls.github).host;
    config = new ConfigReader({
      integrations: {
        github: [
          {
            host,
            apiBaseUrl: cloud.urls.github,
            rawBaseUrl: cloud.urls.github,
            token: cloud.token,
          },
        ],
      },
    });
    integrations = ScmIntegrations.fromConfig(config);
  });

  afterAll(async () => {
    await cloud.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const urlReader = () =>
    UrlReaders.default({ config, logger: mockServices.logger.mock() });

  it('publishes a workspace with publish:github, with protection, topics, variables and secrets', async () => {
    const workspacePath = await mkdtemp(path.join(folder, 'workspace-'));
    await mkdir(path.join(workspacePath, 'src'));
    await writeFile(path.join(workspacePath, 'src/index.ts'), 'export {};\n');
    const action = createPublishGithubAction({ integrations, config });
    const context = createMockActionContext({
      workspacePath,
      input: {
        repoUrl: `${host}?owner=acme&repo=published`,
        repoVisibility: 'private' as const,
        description: 'Published by a template',
        defaultBranch: 'main',
        gitCommitMessage: 'From a template',
        gitAuthorName: 'Ana',
        gitAuthorEmail: 'ana@example.com',
        access: 'tester',
        topics: ['One', 'two'],
        repoVariables: { REGION: 'fra1' },
        secrets: { API_KEY: 'hunter2' },
      },
    });
    await action.handler(context);
    const place = { owner: 'acme', repo: 'published' };
    const repository = (await octokit.repos.get(place)).data;
    const branch = await octokit.repos.getBranch({ ...place, branch: 'main' });
    const file = await octokit.repos.getContent({
      ...place,
      path: 'src/index.ts',
      mediaType: { format: 'raw' },
    });
    expect(context.output).toHaveBeenCalledWith(
      'remoteUrl',
      `${cloud.urls.github}/acme/published.git`,
    );
    expect(context.output).toHaveBeenCalledWith(
      'commitHash',
      branch.data.commit.sha,
    );
    expect(repository).toMatchObject({
      private: true,
      description: 'Published by a template',
      topics: ['one', 'two'],
    });
    expect(branch.data).toMatchObject({
      protected: true,
      commit: {
        commit: { message: 'From a template', author: { name: 'Ana' } },
      },
    });
    expect(file.data).toBe('export {};\n');
    const secrets = await octokit.actions.listRepoSecrets(place);
    const variables = await octokit.actions.listRepoVariables(place);
    expect(secrets.data.secrets.map(({ name }) => name)).toEqual(['API_KEY']);
    expect(variables.data.variables).toMatchObject([
      { name: 'REGION', value: 'fra1' },
    ]);
  });

  it('publishes to a user as well, and says when the name is taken', async () => {
    const workspacePath = await mkdtemp(path.join(folder, 'workspace-'));
    await writeFile(path.join(workspacePath, 'README.md'), '# Mine\n');
    const action = createPublishGithubAction({ integrations, config });
    const publish = () =>
      action.handler(
        createMockActionContext({
          workspacePath,
          input: {
            repoUrl: `${host}?owner=tester&repo=mine`,
            repoVisibility: 'public',
            defaultBranch: 'main',
          },
        }),
      );
    await publish();
    const { data } = await octokit.repos.get({ owner: 'tester', repo: 'mine' });
    expect(data.owner.type).toBe('User');
    await expect(publish()).rejects.toThrow('name already exists');
  });

  it('fetches a template from the URL of a folder in a repository', async () => {
    const workspacePath = await mkdtemp(path.join(folder, 'workspace-'));
    await octokit.repos.createInOrg({
      org: 'acme',
      name: 'skeletons',
      private: true,
    });
    for (const [file, content] of [
      ['service/catalog-info.yaml', 'name: ${{ values.name }}\n'],
      ['service/src/index.ts', 'export {};\n'],
      ['other.txt', 'not fetched\n'],
    ]) {
      await octokit.repos.createOrUpdateFileContents({
        owner: 'acme',
        repo: 'skeletons',
        path: file,
        message: `Write ${file}`,
        content: Buffer.from(content).toString('base64'),
      });
    }
    const action = createFetchTemplateAction({
      reader: urlReader(),
      integrations,
    });
    await action.handler(
      createMockActionContext({
        workspacePath,
        input: {
          url: `${cloud.urls.github}/acme/skeletons/tree/main/service`,
          values: { name: 'image-studio' },
        },
      }),
    );
    const read = (file: string) =>
      readFile(path.join(workspacePath, file), 'utf8');
    expect(await read('catalog-info.yaml')).toBe('name: image-studio\n');
    expect(await read('src/index.ts')).toBe('export {};\n');
    await expect(read('other.txt')).rejects.toThrow('ENOENT');
  });

  it('reads a file by URL, and reads it again only after it has changed', async () => {
    const reader = urlReader();
    const url = `${cloud.urls.github}/acme/base-app/blob/main/package.json`;
    const first = await reader.readUrl(url);
    const expected = JSON.parse(
      await readFile(
        path.join(cloud.config.baseAppDir ?? '', 'package.json'),
        'utf8',
      ),
    );
    expect(JSON.parse((await first.buffer()).toString())).toEqual(expected);
    await expect(
      reader.readUrl(url, { etag: first.etag }),
    ).rejects.toMatchObject({ name: 'NotModifiedError' });
    await expect(
      reader.readUrl(`${cloud.urls.github}/acme/base-app/blob/main/absent`),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });

  it('reads a tree and searches it by a glob, and keeps to the commit as ETag', async () => {
    const reader = urlReader();
    const root = `${cloud.urls.github}/acme/base-app`;
    const tree = await reader.readTree(root);
    const paths = (await tree.files()).map(file => file.path);
    const { data } = await octokit.repos.getCommit({
      owner: 'acme',
      repo: 'base-app',
      ref: 'main',
    });
    expect(tree.etag).toBe(data.sha);
    expect(paths).toContain('package.json');
    await expect(
      reader.readTree(root, { etag: tree.etag }),
    ).rejects.toMatchObject({ name: 'NotModifiedError' });
    const found = await reader.search(`${root}/blob/main/**/package.json`);
    expect(found.files.map(({ url }) => url)).toContain(
      `${root}/blob/main/package.json`,
    );
    const content = await found.files[0].content();
    expect(content.length).toBeGreaterThan(0);
  });

  it('reads raw files when it has no token', async () => {
    const anonymous = new ConfigReader({
      integrations: {
        github: [{ host, rawBaseUrl: cloud.urls.github }],
      },
    });
    const reader = UrlReaders.default({
      config: anonymous,
      logger: mockServices.logger.mock(),
    });
    const read = await reader.readUrl(
      `${cloud.urls.github}/acme/base-app/blob/main/package.json`,
    );
    expect(JSON.parse((await read.buffer()).toString())).toHaveProperty('name');
  });
});
