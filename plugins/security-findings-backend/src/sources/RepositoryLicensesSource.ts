import {
  fingerprint,
  type FindingReport,
} from '@forkyard/plugin-security-findings-common';
import { judgeLicense } from '../scans/licensePolicy';
import { readLockfile, type LockedPackage } from '../scans/readLockfile';
import type { FindingsSource, ScanOutcome, ScanTarget } from './FindingsSource';
import { plainText } from './plainText';
import type { RepositoryTree } from './RepositoryTree';
import { sha256 } from './sha256';

const MAX_FILE_BYTES = 30 * 1024 * 1024;
const MAX_LOCKFILES = 100;

/**
 * Judges the licenses of the packages in the lockfiles of the default branch.
 * A license that is not known is a finding of unknown severity.
 */
export class RepositoryLicensesSource implements FindingsSource {
  readonly source = 'licenses';
  readonly needsRepository = true;
  /** Changes with the list, so that the same commit is judged anew. */
  readonly #policyVersion: string;

  constructor(
    private readonly options: { tree: RepositoryTree; allowed: string[] },
  ) {
    this.#policyVersion = sha256(JSON.stringify(options.allowed)).slice(0, 12);
  }

  async scan(
    target: ScanTarget,
    options: { signal?: AbortSignal },
  ): Promise<ScanOutcome> {
    const [heldPolicy, heldCommit] = target.heldVersion?.split('@') ?? [];
    const tree = await this.options.tree.read({
      repository: target.repository,
      heldCommit: heldPolicy === this.#policyVersion ? heldCommit : undefined,
      wanted: path =>
        /(^|\/)package-lock\.json$/.test(path) &&
        !/(^|\/)node_modules\//.test(path),
      maxFileBytes: MAX_FILE_BYTES,
      signal: options.signal,
    });
    if (!tree) return { kind: 'unchanged', version: target.heldVersion! };
    if (tree.files.length === 0 && tree.tooLarge.size === 0) {
      return {
        kind: 'off',
        reason:
          'The repository has no package-lock.json to read licenses from.',
      };
    }
    const reports: FindingReport[] = [];
    for (const file of tree.files.slice(0, MAX_LOCKFILES)) {
      const text = (await file.read()).toString('utf8');
      for (const found of readLockfile(file.path, text)) {
        reports.push(...judgePackage(file.path, found, this.options.allowed));
      }
    }
    return {
      kind: 'scanned',
      reports,
      incompleteReason:
        tree.files.length > MAX_LOCKFILES
          ? `There are more than ${MAX_LOCKFILES} lockfiles; the rest was not read.`
          : tree.incompleteReason,
      unseenPaths: tree.tooLarge,
      version: `${this.#policyVersion}@${tree.commit}`,
    };
  }
}

function judgePackage(
  path: string,
  found: LockedPackage,
  allowed: string[],
): FindingReport[] {
  const license = plainText(found.license, 200);
  const verdict = judgeLicense(found.license, allowed);
  if (verdict === 'allowed') return [];
  const name = plainText(found.name, 214) ?? 'unknown package';
  const isUnknown = verdict === 'unknown';
  return [
    {
      fingerprint: fingerprint(
        { kind: 'license', package: name, license: license ?? '' },
        sha256,
      ),
      rule: isUnknown ? 'license-unknown' : 'license-not-allowed',
      title: isUnknown
        ? `License of ${name} is not known`
        : `License ${license} of ${name} is not allowed`,
      description: isUnknown
        ? `The lockfile says ${license ? `'${license}', which is no SPDX expression` : 'nothing about its license'}.`
        : undefined,
      severity: isUnknown ? 'unknown' : 'medium',
      location: { path },
      package: {
        name,
        ecosystem: 'npm',
        version: plainText(found.version, 100),
      },
      identifiers: [],
      fix: isUnknown
        ? 'Look at its repository, then replace it or waive this.'
        : `Replace it, waive this, or add the license to 'securityFindings.licenses.allow'.`,
    },
  ];
}
