import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { BlobSecret } from '../store';

/**
 * What GitHub calls non-provider patterns and searches for only where somebody
 * asked for it (docs.github.com, "Supported secret scanning patterns").
 */
const nonProviderPatterns = [
  'BasicAuth',
  'MongoDBConnection',
  'MySQLConnection',
  'PostgreSQLConnection',
  'PrivateKey',
];

/** Names of GitHub, from the same page; what it has no name for gets one from secretlint's. */
const secretTypes: Record<string, string> = {
  AWSSecretAccessKey: 'aws_secret_access_key',
  DOCKER_PERSONAL_ACCESS_TOKEN: 'docker_personal_access_token',
  GITHUB_TOKEN: 'github_personal_access_token',
  GITLAB_PERSONAL_ACCESS_TOKEN: 'gitlab_access_token',
  IncomingWebhook: 'slack_incoming_webhook_url',
  NPM_ACCESS_TOKEN: 'npm_access_token',
  Npmrc_authToken: 'npm_access_token',
  OPENAI_TOKEN: 'openai_api_key',
  PrivateKeyJSON: 'google_cloud_service_account_credentials',
  SENDGRID_KEY: 'sendgrid_api_key',
  SLACK_TOKEN: 'slack_api_token',
  STRIPE_SECRET_KEY_LIVE: 'stripe_live_secret_key',
  STRIPE_SECRET_KEY_TEST: 'stripe_test_secret_key',
};

function toPosition(content: string, offset: number) {
  const before = content.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return {
    line: before.split('\n').length,
    column: Buffer.byteLength(before.slice(lineStart)) + 1,
  };
}

/** Finds the secrets in one text file. */
export async function findSecrets(
  content: string,
  path: string,
): Promise<BlobSecret[]> {
  const { messages } = await lintSource({
    source: {
      content,
      filePath: path,
      ext: path.slice(path.lastIndexOf('.')),
      contentType: 'text',
    },
    options: {
      config: {
        rules: [
          { id: '@secretlint/secretlint-rule-preset-recommend', rule: creator },
        ],
      },
      noPhysicFilePath: true,
    },
  });
  return messages
    .filter(
      ({ type, messageId }) =>
        type === 'message' && !nonProviderPatterns.includes(messageId),
    )
    .map(({ messageId, message, range, data }) => {
      const { KEY: key } = (data ?? {}) as { KEY?: unknown };
      const isKeyFound = typeof key === 'string' && content.includes(key);
      const secret = isKeyFound ? key : content.slice(range[0], range[1]);
      const offset = isKeyFound
        ? Math.max(content.indexOf(key, range[0]), content.indexOf(key))
        : range[0];
      const start = toPosition(content, offset);
      const end = toPosition(content, offset + secret.length);
      return {
        secretType: secretTypes[messageId] ?? messageId.toLowerCase(),
        displayName: message.split(':')[0].replace(/^found /, ''),
        secret,
        startLine: start.line,
        startColumn: start.column,
        endLine: end.line,
        endColumn: end.column,
      };
    });
}
