import { parseAllDocuments } from 'yaml';
import type { PlanChecker, PlanFinding } from './PlanChecker';

/** Files without which a fork can be neither built nor registered. */
const neededFiles = ['package.json', 'catalog-info.yaml'];

/** Whether the base can be read and is an application. */
export const baseApplicationChecker: PlanChecker = {
  id: 'base-application',
  async check({ base, repositories }) {
    const { name, repository, sha } = await base;
    const contents = await Promise.all(
      neededFiles.map(path =>
        repositories.findFile({ ...name, ref: sha, path }),
      ),
    );
    const missing = neededFiles.filter(
      (_, index) => contents[index] === undefined,
    );
    return [
      missing.length > 0
        ? {
            id: 'base-application',
            verdict: 'fail',
            message: `Base application ${repository} has no ${missing.join(' and no ')}`,
            action: 'Choose another base, or add what is missing to it',
          }
        : {
            id: 'base-application',
            verdict: 'pass',
            message: `Base application ${repository} is at ${sha.slice(0, 7)}`,
          },
    ];
  },
};

/** Whether the SLO file that travels into the fork can be read. */
export const sloFileChecker: PlanChecker = {
  id: 'slo-file',
  async check({ base, repositories }) {
    const { name, repository, sha } = await base;
    const text = await repositories.findFile({
      ...name,
      ref: sha,
      path: 'slo.yaml',
    });
    return [describeSloFile(repository, text)];
  },
};

function describeSloFile(
  repository: string,
  text: string | undefined,
): PlanFinding {
  if (text === undefined) {
    return {
      id: 'slo-file',
      verdict: 'warn',
      message: `${repository} has no slo.yaml`,
      action: 'The fork begins without objectives; add the file to it later',
    };
  }
  const documents = parseAllDocuments(text);
  const fault = documents.flatMap(document => document.errors)[0];
  const isOpenSlo = documents.every(document =>
    String(document.get('apiVersion')).startsWith('openslo/'),
  );
  if (fault || documents.length === 0 || !isOpenSlo) {
    return {
      id: 'slo-file',
      verdict: 'fail',
      message: `slo.yaml of ${repository} is not valid: ${fault?.message.split('\n')[0] ?? 'it is no OpenSLO file'}`,
      action: 'Mend the file in the base application',
    };
  }
  return { id: 'slo-file', verdict: 'pass', message: 'slo.yaml is valid' };
}
