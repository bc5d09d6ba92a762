import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const files: Record<string, string> = {
  'package.json': JSON.stringify({
    name: 'tiny',
    version: '1.0.0',
    scripts: { build: 'node build.js', start: 'node server.js' },
  }),
  'vercel.json': JSON.stringify({ installCommand: '' }),
  'build.js': `
    console.log('building with token', process.env.API_TOKEN);
    if (process.env.FAIL_BUILD) {
      console.error('the build is broken');
      process.exit(1);
    }`,
  'server.js': `
    const { createServer } = require('node:http');
    createServer((request, response) => {
      const isSick = request.url === '/healthz' && process.env.SICK;
      response.statusCode = isSick ? 500 : 200;
      response.end(JSON.stringify({ postgres: Boolean(process.env.POSTGRES_URL) }));
    }).listen(process.env.PORT);`,
  'catalog-info.yaml': `# Who owns what
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: base-app
  annotations:
    github.com/project-slug: acme/base-app
spec:
  type: service
  lifecycle: production
  owner: group:default/platform
  system: demo
`,
  'slo.yaml': `apiVersion: openslo/v1
kind: Service
metadata:
  name: base-app
  labels:
    tier: standard
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
spec:
  service: base-app
`,
};

/** Writes a base application that builds and starts in no time. */
export async function writeBaseApplication(
  changes: Record<string, string | undefined> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'base-app-'));
  for (const [name, content] of Object.entries({ ...files, ...changes })) {
    if (content !== undefined) await writeFile(join(folder, name), content);
  }
  return folder;
}
