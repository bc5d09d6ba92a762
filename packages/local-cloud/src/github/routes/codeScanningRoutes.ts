import { randomUUID } from 'node:crypto';
import { Request } from 'express';
import { z } from 'zod';
import { ApiError } from '../../http';
import { isSha } from '../git';
import { notFound } from '../services';
import {
  codeScanningState,
  findInstance,
  toCodeScanningAlert,
  toCodeScanningAnalysis,
  toCodeScanningInstances,
  toCodeScanningItem,
  toSarifStatus,
} from '../shapes';
import { Analysis, Repository } from '../store';
import {
  alertOf,
  alertRepositoryOf,
  decideAlert,
  isDescending,
  sortAlerts,
} from './alertRequests';
import {
  pageOf,
  parseBody,
  RouteContext,
  RouteGroup,
  writableRepositoryOf,
} from './RouteContext';

/** Bytes of a compressed SARIF file: docs.github.com, "SARIF results file is too large". */
const compressedLimit = 10 * 1024 * 1024;

const base64Length = Math.ceil(compressedLimit / 3) * 4;

const uploadSchema = z.object({
  commit_sha: z.string().refine(isSha, 'is not a full commit sha'),
  ref: z
    .string()
    .regex(
      /^refs\/(heads|tags)\/.+|^refs\/pull\/\d+\/(merge|head)$/,
      'is not a full ref',
    ),
  sarif: z.string().min(1),
  checkout_uri: z.string().optional(),
  started_at: z.string().optional(),
  tool_name: z.string().optional(),
  validate: z.boolean().optional(),
});

const decisionSchema = z.object({
  state: z.enum(['open', 'dismissed']),
  dismissed_reason: z
    .enum(['false positive', "won't fix", 'used in tests'])
    .nullish(),
  dismissed_comment: z.string().max(280).nullish(),
});

function unpackBase64(text: string): Buffer {
  if (text.length > base64Length) {
    throw new ApiError(413, 'SARIF results file is too large');
  }
  const content = Buffer.from(text, 'base64');
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  if (!isGzip || !/^[A-Za-z0-9+/\s]+=*\s*$/.test(text)) {
    throw new ApiError(
      400,
      'Invalid SARIF. It has to be compressed with gzip and then encoded as Base64.',
    );
  }
  return content;
}

/** Reads the ref of a list, short or full; the default branch without one. */
function readRef(request: Request, repository: Repository): string {
  const ref = String(request.query.ref ?? repository.defaultBranch);
  return ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
}

/** Lists analyses; a repository without any answers as GitHub does. */
function requireAnalyses(
  context: RouteContext,
  repository: Repository,
): Analysis[] {
  const analyses = context.store.sarifs.listAnalyses(repository.id);
  if (analyses.length === 0) {
    throw new ApiError(404, 'no analysis found');
  }
  return analyses;
}

const uploadRoutes: RouteGroup = (router, context) => {
  const path = '/repos/:owner/:repo/code-scanning';
  router.post(`${path}/sarifs`, async (request, response) => {
    const { repository, login } = writableRepositoryOf(
      context,
      request,
      response,
    );
    const body = parseBody(uploadSchema, request.body, 'Sarif');
    const content = unpackBase64(body.sarif);
    const git = context.repositories.git(repository);
    if (!(await git.objects.find(body.commit_sha, 'commit'))) {
      throw new ApiError(404, 'commit not found');
    }
    const id = randomUUID();
    context.store.sarifs.insert({
      id,
      repositoryId: repository.id,
      upload: {
        ref: body.ref,
        commitSha: body.commit_sha,
        login,
        toolName: body.tool_name,
        checkoutUri: body.checkout_uri,
      },
      content,
    });
    context.security.scanner.wake();
    const slug = `${repository.owner.login}/${repository.name}`;
    response.status(202).json({
      id,
      url: `${context.baseUrl()}/repos/${slug}/code-scanning/sarifs/${id}`,
    });
  });
  router.get(`${path}/sarifs/:sarif`, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const sarif = context.store.sarifs.find(
      repository.id,
      request.params.sarif,
    );
    if (!sarif) {
      throw notFound();
    }
    response.json(toSarifStatus(context.baseUrl(), repository, sarif));
  });
  router.get(`${path}/analyses`, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const { ref, tool_name, tool_guid, sarif_id } = request.query;
    const found = requireAnalyses(context, repository).filter(
      analysis =>
        (ref === undefined || analysis.ref === readRef(request, repository)) &&
        (tool_name === undefined || analysis.tool.name === tool_name) &&
        (tool_guid === undefined || analysis.tool.guid === tool_guid) &&
        (sarif_id === undefined || analysis.sarifId === sarif_id),
    );
    const ordered = isDescending(request) ? found : found.reverse();
    response.json(
      pageOf(context, request, response, ordered).map(analysis =>
        toCodeScanningAnalysis(context.baseUrl(), repository, analysis),
      ),
    );
  });
};

const alertRoutes: RouteGroup = (router, context) => {
  const { baseUrl, store } = context;
  const { accounts, codeScanningAlerts } = store;
  const findAccount = (login: string) => accounts.find(login);
  const path = '/repos/:owner/:repo/code-scanning/alerts';
  router.get(path, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    requireAnalyses(context, repository);
    const ref = readRef(request, repository);
    const { state, severity, tool_name, tool_guid } = request.query;
    const found = codeScanningAlerts.list(repository.id).filter(alert => {
      const { rule, tool } = alert.body;
      const actual = codeScanningState(alert, ref);
      return (
        findInstance(alert.body, ref) !== undefined &&
        (state === undefined ||
          state === actual ||
          (state === 'closed' && actual !== 'open')) &&
        (severity === undefined ||
          severity === (rule.securityLevel ?? rule.severity)) &&
        (tool_name === undefined || tool.name === tool_name) &&
        (tool_guid === undefined || tool.guid === tool_guid)
      );
    });
    const page = pageOf(context, request, response, sortAlerts(request, found));
    response.json(
      page.map(alert =>
        toCodeScanningItem({
          baseUrl: baseUrl(),
          repository,
          alert,
          findAccount,
          ref,
        }),
      ),
    );
  });
  router.get(`${path}/:number`, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const alert = alertOf(codeScanningAlerts, repository, request);
    response.json(
      toCodeScanningAlert({
        baseUrl: baseUrl(),
        repository,
        alert,
        findAccount,
      }),
    );
  });
  router.get(`${path}/:number/instances`, (request, response) => {
    const repository = alertRepositoryOf(context, request, response);
    const alert = alertOf(codeScanningAlerts, repository, request);
    const all = toCodeScanningInstances({
      baseUrl: baseUrl(),
      repository,
      alert,
    });
    response.json(pageOf(context, request, response, all));
  });
};

const decisionRoutes: RouteGroup = (router, context) => {
  const { baseUrl, store } = context;
  const { accounts, codeScanningAlerts } = store;
  router.patch(
    '/repos/:owner/:repo/code-scanning/alerts/:number',
    (request, response) => {
      const body = parseBody(decisionSchema, request.body, 'Alert');
      const close = body.state === 'dismissed';
      if (close && !body.dismissed_reason) {
        throw new ApiError(
          400,
          'dismissed_reason is required when the state is dismissed',
        );
      }
      const { repository, login, alert, changed } = decideAlert(
        context,
        request,
        response,
        {
          store: codeScanningAlerts,
          close,
          reason: body.dismissed_reason ?? undefined,
          comment: body.dismissed_comment ?? undefined,
          reopenedState: ({ body: { instances } }) =>
            instances.some(({ state }) => state === 'open') ? 'open' : 'fixed',
        },
      );
      if (changed) {
        context.security.codeScanning.announce({
          action: close ? 'closed_by_user' : 'reopened_by_user',
          repository,
          alert,
          login,
        });
      }
      response.json(
        toCodeScanningAlert({
          baseUrl: baseUrl(),
          repository,
          alert,
          findAccount: name => accounts.find(name),
        }),
      );
    },
  );
};

/** Serves uploads of SARIF files, what was read from them, and the alerts of that. */
export const codeScanningRoutes: RouteGroup = (router, context) => {
  uploadRoutes(router, context);
  alertRoutes(router, context);
  decisionRoutes(router, context);
};
