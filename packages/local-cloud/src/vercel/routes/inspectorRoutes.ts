import type express from 'express';
import { notFound } from '../errors';
import { TEAM, type Deployment } from '../model';
import type { VercelContext } from '../VercelContext';

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
  dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
  pre { border: 1px solid; padding: 1rem; overflow: auto; max-height: 40rem; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** Tells whether a request is for a page that a browser opens without a token. */
export function isInspectorPage(request: express.Request): boolean {
  return request.method === 'GET' && request.path.startsWith(`/${TEAM.slug}/`);
}

/** A plain page for each deployment, to be looked at in a browser. */
export function inspectorRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { presenter, stores } = context;

  router.get(`/${TEAM.slug}/:project`, (request, response) => {
    const project = context.projects.get(request.params.project);
    const deployments = stores.deployments.list({
      projectIds: [project.id],
      limit: 50,
    });
    const items = deployments.map(
      item =>
        `<li><a href="${escape(presenter.inspectorUrl(item))}">${escape(
          item.id,
        )}</a> ${escape(item.state)}, ${escape(environmentOf(item))}</li>`,
    );
    sendPage(response, {
      title: project.name,
      body: `<ul>${items.join('\n')}</ul>`,
    });
  });

  router.get(`/${TEAM.slug}/:project/:deployment`, (request, response) => {
    const deployment = stores.deployments.find(request.params.deployment);
    const project = context.projects.get(request.params.project);
    if (!deployment || deployment.projectId !== project.id) {
      throw notFound('The deployment was not found.');
    }
    const log = stores.logs
      .listBuildEvents(deployment.id, {})
      .map(({ type, text }) =>
        type === 'deployment-state' ? `-- ${text}` : text,
      );
    const facts: [string, string | undefined][] = [
      ['State', deployment.state],
      ['Environment', environmentOf(deployment)],
      ['Created', new Date(deployment.createdAt).toISOString()],
      [
        'Commit',
        deployment.git && `${deployment.git.sha} on ${deployment.git.ref}`,
      ],
      ['Error', deployment.errorMessage],
    ];
    const url = `http://${presenter.deploymentUrl(deployment)}`;
    const rows = facts
      .filter(([, value]) => value)
      .map(
        ([name, value]) => `<dt>${name}</dt><dd>${escape(value ?? '')}</dd>`,
      );
    const ended = deployment.endedAt !== undefined;
    sendPage(response, {
      title: `${deployment.name} ${deployment.state}`,
      refreshSeconds: ended ? undefined : 2,
      body: `<dl>${rows.join('\n')}
        <dt>URL</dt><dd><a href="${escape(url)}">${escape(url)}</a></dd></dl>
        <h2>Build log</h2><pre>${escape(log.join('\n'))}</pre>`,
    });
  });
}

function sendPage(
  response: express.Response,
  page: { title: string; body: string; refreshSeconds?: number },
): void {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  );
  const refresh = page.refreshSeconds
    ? `<meta http-equiv="refresh" content="${page.refreshSeconds}">`
    : '';
  const title = escape(page.title);
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8">${refresh}<title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>${page.body}</body></html>`,
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPES[character]);
}

function environmentOf({ target, customEnvironment }: Deployment): string {
  return customEnvironment?.slug ?? target ?? 'preview';
}
