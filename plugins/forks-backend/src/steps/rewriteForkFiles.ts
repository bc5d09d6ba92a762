import {
  ANNOTATION_BASE,
  ANNOTATION_BUDGET,
  ANNOTATION_FORK_OF,
  TAG_BASE_APPLICATION,
  type ForkRequest,
} from '@forkyard/plugin-forks-common';
import {
  ANNOTATION_VERCEL_PROJECT_ID,
  ANNOTATION_VERCEL_TEAM_ID,
} from '@forkyard/plugin-deployments-common';
import { type Document, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';

export const CATALOG_FILE = 'catalog-info.yaml';
export const SLO_FILE = 'slo.yaml';
const DELIVERY_FILE = 'forkyard.yaml';
const WORKFLOW_FILE = '.github/workflows/ci.yml';

/** What of the base is not the fork's as it is; a base may lack some of it. */
export const FORK_FILES = [
  CATALOG_FILE,
  SLO_FILE,
  DELIVERY_FILE,
  WORKFLOW_FILE,
];

/** Of the base, so that what is mended there is mended for every fork. */
const WORKFLOWS_BRANCH = 'main';

/** What the fork's files say that the base's do not. */
export interface ForkIdentity {
  request: ForkRequest;
  base: { repository: string; sha: string };
  /** `owner/repo` of the fork. */
  repository: string;
  teamId?: string;
}

const newCatalogFile = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {}
spec:
  type: service
  lifecycle: production
`;

/**
 * Makes the base's files those of the fork, leaving everything else in them,
 * comments too, as it is. Pure: the same input gives the same bytes, because a
 * repeated commit must have the same id.
 */
export function rewriteForkFiles(
  files: Map<string, string>,
  identity: ForkIdentity,
): Map<string, string> {
  const { documents, baseName } = rewriteCatalogFile(
    files.get(CATALOG_FILE) ?? newCatalogFile,
    identity,
  );
  const rewritten = new Map([[CATALOG_FILE, documents]]);
  const slo = files.get(SLO_FILE);
  if (slo !== undefined) {
    rewritten.set(SLO_FILE, rewriteSloFile(slo, identity.request, baseName));
  }
  const delivery = files.get(DELIVERY_FILE);
  if (delivery !== undefined) {
    rewritten.set(DELIVERY_FILE, rewriteDeliveryFile(delivery, identity));
  }
  const workflow = files.get(WORKFLOW_FILE);
  if (workflow !== undefined) {
    rewritten.set(WORKFLOW_FILE, rewriteWorkflowFile(workflow, identity));
  }
  return rewritten;
}

function rewriteCatalogFile(
  text: string,
  { request, base, repository, teamId }: ForkIdentity,
): { documents: string; baseName: string | undefined } {
  const documents = readDocuments(text);
  const component =
    documents.find(document => document.get('kind') === 'Component') ??
    documents[0];
  const baseName = component.getIn(['metadata', 'name']);
  const annotations: Record<string, string | undefined> = {
    'github.com/project-slug': repository,
    [ANNOTATION_VERCEL_PROJECT_ID]: request.name,
    [ANNOTATION_VERCEL_TEAM_ID]: teamId,
    [ANNOTATION_BASE]: `${base.repository}@${base.sha}`,
    [ANNOTATION_FORK_OF]:
      typeof baseName === 'string'
        ? `component:default/${baseName}`
        : undefined,
    [ANNOTATION_BUDGET]: String(request.monthlyBudgetUsd),
    'forkyard.dev/slo': readText(component, 'forkyard.dev/slo') ?? SLO_FILE,
    'forkyard.dev/runbooks':
      readText(component, 'forkyard.dev/runbooks') ?? 'runbooks',
  };
  component.setIn(['metadata', 'name'], request.name);
  component.setIn(['metadata', 'title'], request.title);
  component.setIn(['metadata', 'description'], request.description);
  for (const [name, value] of Object.entries(annotations)) {
    if (value !== undefined) {
      component.setIn(['metadata', 'annotations', name], value);
    }
  }
  // What marks the base as one to be forked does not hold for its forks.
  const tags = component.getIn(['metadata', 'tags']);
  if (isSeq(tags)) {
    const index = tags.items.findIndex(
      item => isScalar(item) && item.value === TAG_BASE_APPLICATION,
    );
    if (index >= 0) tags.delete(index);
  }
  component.setIn(['spec', 'owner'], request.owner);
  if (request.system) component.setIn(['spec', 'system'], request.system);
  else component.deleteIn(['spec', 'system']);
  return {
    documents: writeDocuments(documents),
    baseName: typeof baseName === 'string' ? baseName : undefined,
  };
}

/** OpenSLO objects name the service they are for, and carry the tier. */
function rewriteSloFile(
  text: string,
  request: ForkRequest,
  baseName: string | undefined,
): string {
  const documents = readDocuments(text);
  for (const document of documents) {
    if (
      document.get('kind') === 'Service' &&
      document.getIn(['metadata', 'name']) === baseName
    ) {
      document.setIn(['metadata', 'name'], request.name);
    }
    if (baseName && document.getIn(['spec', 'service']) === baseName) {
      document.setIn(['spec', 'service'], request.name);
    }
    document.setIn(['metadata', 'labels', 'tier'], request.sloTier);
  }
  return writeDocuments(documents);
}

/**
 * What many people rely on is rolled out as a canary, unless the base itself
 * already chose more than `direct`.
 */
function rewriteDeliveryFile(text: string, { request }: ForkIdentity): string {
  const documents = readDocuments(text);
  const path = ['spec', 'environments', 'production'];
  const delivery = documents.find(
    document => document.getIn([...path, 'strategy']) === 'direct',
  );
  if (request.sloTier !== 'critical' || !delivery) return text;
  const canary = delivery.createNode({ strategy: 'canary', approval: false });
  if (isMap(canary)) {
    const approval = canary.items[1].value;
    if (isScalar(approval)) {
      approval.comment = ' true: a second person must approve each rollout';
    }
  }
  delivery.setIn(path, canary);
  return writeDocuments(documents);
}

/**
 * Has the fork's workflow call the workflows of the base instead of its own
 * copies. Line by line, so that upgrades from the base merge cleanly.
 */
function rewriteWorkflowFile(text: string, { base }: ForkIdentity): string {
  return text.replace(
    /^(\s+uses:\s+)\.\/(\.github\/workflows\/[\w.-]+\.ya?ml)[ \t]*$/gm,
    `$1${base.repository}/$2@${WORKFLOWS_BRANCH}`,
  );
}

function readText(document: Document, annotation: string): string | undefined {
  const value = document.getIn(['metadata', 'annotations', annotation]);
  return typeof value === 'string' ? value : undefined;
}

function readDocuments(text: string): Document[] {
  const parsed = parseAllDocuments(text) as Document[];
  return [...parsed];
}

function writeDocuments(documents: Document[]): string {
  return documents
    .map(document => document.toString({ lineWidth: 0 }))
    .join(
      documents.length > 1 && !documents[1].directives?.docStart ? '---\n' : '',
    );
}
