import type { Entity } from '@backstage/catalog-model';
import { callVercel } from '@forkyard/backend-kit';
import {
  startTestLocalCloud,
  type TestLocalCloud,
} from '@forkyard/local-cloud';
import { projectsCreateProject } from '@vercel/sdk/funcs/projectsCreateProject.js';
import { createTestProvider } from '../__testUtils__/createTestProvider';
import { createdSchema } from '../vercelSchemas';

describe('Projects of local-cloud', () => {
  let cloud: TestLocalCloud;

  beforeAll(async () => {
    cloud = await startTestLocalCloud();
  });

  afterAll(async () => {
    await cloud.dispose();
  });

  it('belong to the entities of the repository that they are linked to', async () => {
    const { provider, client } = createTestProvider({
      apiBaseUrl: cloud.urls.vercel,
      token: cloud.token,
      teamId: 'team_acme',
      gitHubUrl: cloud.urls.github,
      patience: 'much',
    });
    const { id } = await callVercel(client, {
      what: 'create a project',
      run: (core, options) =>
        projectsCreateProject(
          core,
          {
            teamId: client.teamId,
            requestBody: {
              name: 'linked',
              gitRepository: { type: 'github', repo: 'acme/base-app' },
            },
          },
          options,
        ),
      schema: createdSchema,
    });
    const entityOf = (repository: string): Entity => {
      const location = `url:${cloud.urls.github}/${repository}/blob/main/catalog-info.yaml`;
      return {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: {
          name: 'linked',
          annotations: {
            'backstage.io/managed-by-location': location,
            'backstage.io/managed-by-origin-location': location,
            'vercel.com/project-id': 'linked',
            'vercel.com/team-id': 'team_acme',
          },
        },
      };
    };
    expect(await provider.resolveProject(entityOf('acme/base-app'))).toEqual({
      provider: 'vercel',
      projectId: id,
      teamId: 'team_acme',
    });
    await expect(
      provider.resolveProject(entityOf('acme/other')),
    ).rejects.toMatchObject({ name: 'ConflictError' });
  });
});
