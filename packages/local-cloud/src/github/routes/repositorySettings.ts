import { z } from 'zod';
import { RepositorySettings } from '../store';

/** Accepts the settings that creating and changing a repository share. */
export const settingsSchema = z.object({
  description: z.string().max(350).nullish(),
  homepage: z.string().nullish(),
  is_template: z.boolean().nullish(),
  has_issues: z.boolean().nullish(),
  has_projects: z.boolean().nullish(),
  has_wiki: z.boolean().nullish(),
  allow_auto_merge: z.boolean().nullish(),
  allow_merge_commit: z.boolean().nullish(),
  allow_rebase_merge: z.boolean().nullish(),
  allow_squash_merge: z.boolean().nullish(),
  allow_update_branch: z.boolean().nullish(),
  allow_forking: z.boolean().nullish(),
  delete_branch_on_merge: z.boolean().nullish(),
  squash_merge_commit_title: z
    .enum(['PR_TITLE', 'COMMIT_OR_PR_TITLE'])
    .nullish(),
  squash_merge_commit_message: z
    .enum(['PR_BODY', 'COMMIT_MESSAGES', 'BLANK'])
    .nullish(),
  custom_properties: z.record(z.string(), z.unknown()).nullish(),
});

/** Changes the settings that a body names; null empties a text. */
export function applySettings(
  before: RepositorySettings,
  body: z.output<typeof settingsSchema>,
): RepositorySettings {
  const text = (value: string | null | undefined, old: string | undefined) =>
    value === undefined ? old : value || undefined;
  return {
    ...before,
    description: text(body.description, before.description),
    homepage: text(body.homepage, before.homepage),
    hasIssues: body.has_issues ?? before.hasIssues,
    hasProjects: body.has_projects ?? before.hasProjects,
    hasWiki: body.has_wiki ?? before.hasWiki,
    allowAutoMerge: body.allow_auto_merge ?? before.allowAutoMerge,
    allowMergeCommit: body.allow_merge_commit ?? before.allowMergeCommit,
    allowRebaseMerge: body.allow_rebase_merge ?? before.allowRebaseMerge,
    allowSquashMerge: body.allow_squash_merge ?? before.allowSquashMerge,
    allowUpdateBranch: body.allow_update_branch ?? before.allowUpdateBranch,
    allowForking: body.allow_forking ?? before.allowForking,
    deleteBranchOnMerge:
      body.delete_branch_on_merge ?? before.deleteBranchOnMerge,
    squashMergeCommitTitle:
      body.squash_merge_commit_title ?? before.squashMergeCommitTitle,
    squashMergeCommitMessage:
      body.squash_merge_commit_message ?? before.squashMergeCommitMessage,
    customProperties: body.custom_properties ?? before.customProperties,
  };
}
