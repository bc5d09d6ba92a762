import type { CheckRunBody, Document } from '../store';
import { nodeId } from './account';
import type { RepositoryPlace } from './commit';
import type { RestCheckRun } from './restTypes';

/** Describes what a check found in a commit. */
export function toRestCheckRun(
  { baseUrl, slug }: RepositoryPlace,
  { id, body }: Document<CheckRunBody>,
): RestCheckRun {
  const url = `${baseUrl}/repos/${slug}/check-runs/${id}`;
  return {
    id,
    node_id: nodeId('CheckRun', id),
    head_sha: body.sha,
    name: body.name,
    external_id: body.externalId ?? null,
    url,
    html_url: `${baseUrl}/${slug}/commit/${body.sha}`,
    details_url: body.detailsUrl ?? null,
    status: body.status,
    conclusion: body.conclusion ?? null,
    started_at: body.startedAt,
    completed_at: body.completedAt ?? null,
    output: {
      title: body.output?.title ?? null,
      summary: body.output?.summary ?? null,
      text: body.output?.text ?? null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    check_suite: null,
    app: null,
    pull_requests: [],
  };
}
