import type {
  UrlReaderService,
  UrlReaderServiceReadTreeResponse,
} from '@backstage/backend-plugin-api';
import { isError, ServiceUnavailableError } from '@backstage/errors';
import { describeConnectionError } from '@forkyard/backend-kit';
import type { RunbookFile } from '../database/RunbookFoldersStore';
import { MAX_RUNBOOK_CHARACTERS } from '../runbooks/parseRunbook';
import type { ReadFolder, RunbookSource } from './RunbookSource';

const MAX_FILES = 100;
const TIMEOUT_MS = 30_000;

/**
 * Reads runbooks through Backstage's readers, with the credentials of the
 * configured integrations. The etag of a GitHub reader is the commit.
 */
export class UrlReaderRunbookSource implements RunbookSource {
  constructor(private readonly reader: UrlReaderService) {}

  async readFolder(request: {
    location: string;
    folder: string;
    etag?: string;
  }): Promise<ReadFolder | undefined> {
    const leftOut: string[] = [];
    try {
      const tree = await this.reader.readTree(request.location, {
        etag: request.etag,
        filter: createFilter(leftOut),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return {
        etag: tree.etag,
        files: await readFiles(tree, request.folder),
        leftOut,
      };
    } catch (error) {
      if (isError(error) && error.name === 'NotModifiedError') return undefined;
      throw new ServiceUnavailableError(
        `The runbooks at ${request.location} cannot be read: ${describeConnectionError(error)}. Check that the repository exists and that the integration may read it.`,
        error,
      );
    }
  }
}

/** Lets Markdown files of the folder itself through, as long as there is room. */
function createFilter(leftOut: string[]) {
  let count = 0;
  return (path: string, info?: { size: number }): boolean => {
    if (!/^[^/]+\.md$/i.test(path)) return false;
    if (info && info.size > MAX_RUNBOOK_CHARACTERS) {
      leftOut.push(
        `'${path}' is longer than ${MAX_RUNBOOK_CHARACTERS} bytes: split it.`,
      );
      return false;
    }
    count += 1;
    if (count === MAX_FILES + 1) {
      leftOut.push(
        `There are more than ${MAX_FILES} runbooks: the others are not read.`,
      );
    }
    return count <= MAX_FILES;
  };
}

async function readFiles(
  tree: UrlReaderServiceReadTreeResponse,
  folder: string,
): Promise<RunbookFile[]> {
  const files: RunbookFile[] = [];
  for (const file of await tree.files()) {
    const content = await file.content();
    files.push({
      path: `${folder}/${file.path}`,
      // PostgreSQL's JSON has no place for NUL.
      markdown: content.toString('utf8').replaceAll('\0', '\u{fffd}'),
    });
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}
