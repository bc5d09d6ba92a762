import { setImmediate as yieldToOthers } from 'node:timers/promises';
import {
  fingerprint,
  secretHash,
  type FindingReport,
} from '@forkyard/plugin-security-findings-common';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { FindingsSource, ScanOutcome, ScanTarget } from './FindingsSource';
import { plainText } from './plainText';
import type { RepositoryTree } from './RepositoryTree';
import { sha256 } from './sha256';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_REPORTS = 5000;
/** Changes when other things are found in the same files. */
const SCAN_VERSION = 'secretlint13';

/** Other people's code, and what git keeps for itself. */
const NOT_WANTED = /(^|\/)(node_modules|\.git)\//;

const config = {
  rules: [
    {
      id: '@secretlint/secretlint-rule-preset-recommend',
      rule: creator,
      options: {},
    },
  ],
};

/**
 * Looks for secrets in the text files of the default branch, with secretlint's
 * recommended rules, and never keeps a value.
 */
export class RepositorySecretsSource implements FindingsSource {
  readonly source = 'secrets';
  readonly needsRepository = true;

  constructor(private readonly tree: RepositoryTree) {}

  async scan(
    target: ScanTarget,
    options: { signal?: AbortSignal },
  ): Promise<ScanOutcome> {
    const [heldScan, heldCommit] = target.heldVersion?.split('@') ?? [];
    const tree = await this.tree.read({
      repository: target.repository,
      heldCommit: heldScan === SCAN_VERSION ? heldCommit : undefined,
      wanted: path => !NOT_WANTED.test(path),
      maxFileBytes: MAX_FILE_BYTES,
      signal: options.signal,
    });
    if (!tree) return { kind: 'unchanged', version: target.heldVersion! };
    const reports: FindingReport[] = [];
    for (const file of tree.files) {
      options.signal?.throwIfAborted();
      reports.push(...(await findSecrets(file.path, await file.read())));
      if (reports.length > MAX_REPORTS) break;
      await yieldToOthers();
    }
    return {
      kind: 'scanned',
      reports: reports.slice(0, MAX_REPORTS),
      incompleteReason:
        reports.length > MAX_REPORTS
          ? `There are more than ${MAX_REPORTS} secrets; the rest was not read.`
          : tree.incompleteReason,
      unseenPaths: tree.tooLarge,
      version: `${SCAN_VERSION}@${tree.commit}`,
    };
  }
}

/** Finds the secrets of one file; a binary file has none to be found. */
async function findSecrets(
  path: string,
  bytes: Buffer,
): Promise<FindingReport[]> {
  if (bytes.length === 0 || bytes.subarray(0, 8192).includes(0)) return [];
  const content = bytes.toString('utf8');
  const { messages } = await lintSource({
    source: {
      filePath: `/${path}`,
      content,
      contentType: 'text',
      ext: `.${path.split('.').pop() ?? ''}`,
    },
    options: { config, locale: 'en', noPhysicFilePath: true },
  });
  return messages.map(message => {
    const rule = message.ruleId.replace(/^@secretlint\/secretlint-rule-/, '');
    const value = content.slice(message.range[0], message.range[1]);
    return {
      fingerprint: fingerprint(
        { kind: 'secret', valueHash: secretHash(value, sha256) },
        sha256,
      ),
      rule: plainText(`${rule}/${message.messageId}`, 200) ?? rule,
      // The message of the rule holds the secret; its kind does not.
      title: `${nameOf(rule, message.messageId)} in ${plainText(path, 200)}`,
      severity: 'high',
      location: { path, line: message.loc.start.line },
      identifiers: ['CWE-798'],
      fix: 'Revoke it where it was issued, then remove it from the repository; it stays in the history.',
      url: undefined,
    };
  });
}

/** `slack`, `SLACK_TOKEN` and `PostgreSQLConnection` as words. */
function nameOf(rule: string, messageId: string): string {
  const words = messageId
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
    .trim();
  const name = words.includes(rule.split('-')[0])
    ? words
    : `${rule.replaceAll('-', ' ')} ${words}`;
  return `Secret (${name.slice(0, 100)})`;
}
