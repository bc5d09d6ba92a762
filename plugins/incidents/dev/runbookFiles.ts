import type { RunbookStepSpec } from '@forkyard/plugin-incidents-common';

/** A file in the order in which it is read: text, and between it the steps. */
export interface RunbookFile {
  path: string;
  title: string;
  parts: Array<string | { title: string; spec?: RunbookStepSpec }>;
}

const production = { environment: 'production' };

export const runbookFiles: RunbookFile[] = [
  {
    path: 'runbooks/high-error-rate.md',
    title: 'High error rate',
    parts: [
      `# High error rate

**You are here because** more requests fail (5xx) than the objective allows.

## 1. Find out what fails

1. Open \`/healthz\` of production.
   - \`"database": "down"\`: go to [database-unavailable.md](database-unavailable.md).
   - No answer at all: the deployment does not run. Go to [step 3](#3-stop-the-harm).
2. See which route and status it is. In Prometheus:
   \`\`\`promql
   sum by (route, status) (rate(http_request_duration_seconds_count{status=~"5.."}[5m])) / ignoring(status) group_left sum by (route) (rate(http_request_duration_seconds_count[5m]))
   \`\`\`

## 2. Compare with what changed

| what you see | likely cause | do |
| --- | --- | --- |
| it began within minutes of a deployment | the new version | [roll back](roll-back.md#what-it-does-not-undo), then look for the cause |
| only \`/actions\` fails, with 502 | the model service (\`MODEL_API_URL\`) | check [its status page](https://www.vercel-status.com/) and \`MODEL_API_KEY\`; users get their tokens back |
| 503 on sign-in and actions | the database | [database-unavailable.md](database-unavailable.md) |

## 3. Stop the harm

If no cause is clear after ten minutes, roll back.`,
      {
        title: 'Did it begin with a deployment?',
        spec: {
          type: 'ask',
          question: 'Did it begin with a deployment?',
          options: [
            'Roll back',
            'The cause is another, which is known and has a fix on its way',
          ],
          endOn: [
            'The cause is another, which is known and has a fix on its way',
          ],
        },
      },
      'What a rollback does not undo is in [roll-back.md](roll-back.md).',
      {
        title: 'Roll back production',
        spec: { type: 'rollback', timeoutSeconds: 300, ...production },
      },
      '## 4. Make sure it is over',
      {
        title: 'Ask for /healthz',
        spec: {
          type: 'http-check',
          path: '/healthz',
          expectStatus: 200,
          timeoutSeconds: 10,
          ...production,
        },
      },
      {
        title: 'Wait for the alert to end',
        spec: {
          type: 'wait-for',
          condition: 'alert-resolved',
          path: '/',
          timeoutSeconds: 3_600,
          ...production,
        },
      },
    ],
  },
  {
    path: 'runbooks/roll-back.md',
    title: 'Roll back',
    parts: [
      `# Roll back

**Use it when** the version in production is worse than the one before.

## What it does not undo

The database, environment variables, and what users did in the meantime. On the command line:

\`\`\`sh
# Promote the deployment that served before
vercel rollback <deployment url> --scope <team> --token "$VERCEL_TOKEN" --timeout 5m
\`\`\``,
      {
        title: 'Roll back production',
        spec: { type: 'rollback', timeoutSeconds: 300, ...production },
      },
      'Watch errors for 15 minutes ([high-error-rate.md](high-error-rate.md), part 4).',
    ],
  },
  {
    path: 'runbooks/database-unavailable.md',
    title:
      'Database unavailable, or POSTGRES_CONNECTIONS_PER_INSTANCE_TIMES_INSTANCES exceeded',
    parts: [
      `# Database unavailable

\`\`\`sql
-- Who holds the connections?
select usename, state, count(*), min(state_change)
  from pg_stat_activity where datname = 'studio' group by 1, 2 order by 3 desc;
\`\`\``,
      { title: 'Step 1' },
      'Wait for the provider, or fail over.',
    ],
  },
];
