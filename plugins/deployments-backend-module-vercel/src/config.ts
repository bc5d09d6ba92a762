import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/**
 * Settings of this module beside those of `vercel`, checked.
 */
export interface VercelModuleConfig {
  /** Where Vercel calls us; absent when it cannot reach us. */
  webhookUrl?: string;
  /** Secret of a webhook that was made by hand. */
  webhookSecret?: string;
  /** 32 bytes in base64. */
  encryptionKey?: string;
  /** Where commits are shown, without a trailing slash. */
  gitHubUrl: string;
  /** Whether any repository may name any project. */
  trustAnnotations: boolean;
}

/** Reads the settings; throws naming the key that is wrong and what to do. */
export function readVercelModuleConfig(config: Config): VercelModuleConfig {
  const webhookUrl = config.getOptionalString('deployments.vercel.webhookUrl');
  if (
    webhookUrl !== undefined &&
    !/^https?:$/.test(URL.parse(webhookUrl)?.protocol ?? '')
  ) {
    throw new InputError(
      `Configuration 'deployments.vercel.webhookUrl' is '${webhookUrl}': set it to the URL under which Vercel reaches this backend, ending in '/api/deployments/webhooks/vercel', or leave it out.`,
    );
  }
  return {
    webhookUrl,
    webhookSecret: config.getOptionalString('deployments.vercel.webhookSecret'),
    encryptionKey:
      config.getOptionalString('deployments.encryptionKey') ??
      config.getOptionalString('forks.encryptionKey'),
    gitHubUrl: readGitHubUrl(config),
    trustAnnotations:
      config.getOptionalBoolean('deployments.vercel.trustAnnotations') ?? false,
  };
}

/** Vercel names a commit's repository but not its host; it links to one only. */
function readGitHubUrl(config: Config): string {
  const [first] = config.getOptionalConfigArray('integrations.github') ?? [];
  const host = first?.getOptionalString('host') ?? 'github.com';
  const api = URL.parse(first?.getOptionalString('apiBaseUrl') ?? '');
  return api?.host === host ? api.origin : `https://${host}`;
}
