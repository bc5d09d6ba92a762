import type express from 'express';
import { z } from 'zod';
import { badRequest, conflict, notFound, parseRequest } from '../errors';
import { findLabel } from '../hosts';
import type { Alias, Deployment } from '../model';
import { checkDomainName } from '../services/DomainService';
import type { VercelContext } from '../VercelContext';
import { describePage, getDeployment, parsePage } from './requests';

const assignSchema = z.looseObject({
  alias: z.string().min(1).max(300),
  redirect: z.string().max(300).nullish(),
});

/** Host names of deployments. */
export function aliasRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  const { presenter, stores } = context;
  const describe = (alias: Alias) => ({
    uid: alias.id,
    alias: presenter.publicHost(alias.host),
    created: new Date(alias.createdAt).toISOString(),
    createdAt: alias.createdAt,
    updatedAt: alias.updatedAt,
    redirect: alias.redirect ?? null,
    deploymentId: alias.deploymentId,
    projectId: alias.projectId,
  });

  router.get('/v2/deployments/:id/aliases', (request, response) => {
    const deployment = getDeployment(context, request.params.id);
    response.json({ aliases: presenter.aliasesOf(deployment).map(describe) });
  });

  router.post('/v2/deployments/:id/aliases', (request, response) => {
    const deployment = getDeployment(context, request.params.id);
    const body = parseRequest(assignSchema, request.body);
    const { alias, oldDeploymentId } = stores.aliases.assign({
      host: checkAlias(context, deployment, body.alias),
      projectId: deployment.projectId,
      deploymentId: deployment.id,
      redirect: body.redirect ?? undefined,
    });
    response.json({ ...describe(alias), oldDeploymentId });
  });

  router.get('/v4/aliases', (request, response) => {
    const page = parsePage(request.query);
    const { projectId } = request.query;
    const aliases = stores.aliases.list({
      limit: page.limit,
      before: page.until,
      projectId: projectId
        ? context.projects.get(String(projectId)).id
        : undefined,
    });
    response.json({
      aliases: aliases.map(describe),
      pagination: describePage(aliases, page, alias => alias.createdAt),
    });
  });

  router.get('/v4/aliases/:idOrAlias', (request, response) => {
    response.json(describe(getAlias(context, request.params.idOrAlias)));
  });

  router.delete('/v2/aliases/:aliasId', (request, response) => {
    stores.aliases.delete(getAlias(context, request.params.aliasId).host);
    response.json({ status: 'SUCCESS' });
  });
}

function getAlias(context: VercelContext, idOrAlias: string): Alias {
  const alias =
    context.stores.aliases.find(idOrAlias) ??
    context.stores.aliases.find(idOrAlias.replace(/:\d+$/, '').toLowerCase());
  if (!alias) throw notFound('The alias was not found.');
  return alias;
}

/** Checks that a deployment may have a host name, and writes it in one form. */
function checkAlias(
  context: VercelContext,
  deployment: Deployment,
  text: string,
): string {
  const bare = text.replace(/:\d+$/, '');
  const host = checkDomainName(bare.includes('.') ? bare : `${bare}.localhost`);
  const { aliases, deployments, domains, projects } = context.stores;
  const label = findLabel(host);
  if (!label && domains.find(host)?.projectId !== deployment.projectId) {
    throw badRequest(
      `The alias "${host}" is neither a name under "localhost" nor a domain of the project. Add the domain first.`,
      'invalid_alias',
    );
  }
  const owner =
    aliases.find(host)?.projectId ?? (label && projects.find(label)?.id);
  const own = label && deployments.findByLabel(label);
  if ((owner && owner !== deployment.projectId) || own) {
    throw conflict(
      `The alias "${host}" is already in use. Choose another one.`,
      'alias_in_use',
    );
  }
  return host;
}
