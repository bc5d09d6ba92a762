import type { Account } from '../accounts/AccountService.js';
import type { ActionResult } from '../actions/ActionProvider.js';
import { mostCharacters, type UsageEntry } from '../actions/ActionService.js';
import type { Problem } from '../problems.js';
import { Layout } from './Layout.js';

export interface HomePageProps {
  title: string;
  version: string;
  account: Account;
  usage: UsageEntry[];
  outcome?: { result: ActionResult; tokens: number };
  problem?: Problem;
  text?: string;
}

/** What somebody sees who is signed in. */
export function HomePage(props: HomePageProps) {
  const { title, version, account, usage, outcome, problem, text } = props;
  return (
    <Layout title={title} version={version}>
      <div class="account">
        <p>
          <strong class="balance">{account.balance}</strong> tokens left for{' '}
          {account.email}
        </p>
        <form method="post" action="/sign-out">
          <button type="submit" class="quiet">
            Sign out
          </button>
        </form>
      </div>
      <h1>What shall it do?</h1>
      {problem && (
        <p class="problem" role="alert">
          {problem.message}
        </p>
      )}
      {outcome && <Outcome {...outcome} />}
      <div class="columns">
        <form class="card" method="post" action="/actions">
          <h2>Summarize a text</h2>
          <label for="text">Text</label>
          <textarea
            id="text"
            name="text"
            rows={7}
            maxlength={mostCharacters}
            required
          >
            {text}
          </textarea>
          <p class="hint">1 token for every 1,000 characters.</p>
          <button type="submit" name="action" value="summary">
            Summarize
          </button>
        </form>
        <form
          class="card"
          method="post"
          action="/actions"
          enctype="multipart/form-data"
        >
          <h2>Look at an image</h2>
          <label for="image">Image</label>
          <input
            id="image"
            name="image"
            type="file"
            accept="image/png,image/jpeg"
            required
          />
          <p class="hint">PNG or JPEG, up to 3 MB. 5 tokens.</p>
          <button type="submit" name="action" value="caption">
            Describe it
          </button>{' '}
          <button type="submit" name="action" value="palette">
            Find its colors
          </button>
        </form>
      </div>
      <Usage usage={usage} />
    </Layout>
  );
}

function Outcome(props: { result: ActionResult; tokens: number }) {
  const { result, tokens } = props;
  return (
    <section class="notice" role="status" aria-label="Result">
      {result.action === 'palette' && (
        <ul class="palette">
          {result.colors.map(({ hex, share }) => (
            <li>
              <svg width="40" height="40" aria-hidden="true">
                <rect width="40" height="40" rx="6" fill={hex} />
              </svg>
              <code>{hex}</code> {describeShare(share)}
            </li>
          ))}
        </ul>
      )}
      {result.action === 'summary' && <p>{result.summary}</p>}
      {result.action === 'caption' && <p>{result.caption}</p>}
      <p class="hint">
        That took {tokens} {tokens === 1 ? 'token' : 'tokens'}.
      </p>
    </section>
  );
}

function Usage({ usage }: { usage: UsageEntry[] }) {
  return (
    <section>
      <h2 id="usage">Usage</h2>
      {usage.length === 0 ? (
        <p>Nothing yet. What you do will be listed here.</p>
      ) : (
        <div class="scroll" tabindex={0} role="region" aria-labelledby="usage">
          <table>
            <thead>
              <tr>
                <th scope="col">When (UTC)</th>
                <th scope="col">Action</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Tokens
                </th>
                <th scope="col" class="number">
                  Time
                </th>
              </tr>
            </thead>
            <tbody>
              {usage.map(entry => (
                <tr>
                  <td>
                    <time datetime={entry.createdAt.toISOString()}>
                      {entry.createdAt
                        .toISOString()
                        .slice(0, 19)
                        .replace('T', ' ')}
                    </time>
                  </td>
                  <td>{entry.action}</td>
                  <td>{describeState(entry.state)}</td>
                  <td class="number">
                    {entry.state === 'failed' ? 0 : entry.tokens}
                  </td>
                  <td class="number">
                    {entry.durationMs === undefined
                      ? ''
                      : `${entry.durationMs} ms`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function describeShare(share: number): string {
  return share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;
}

function describeState(state: UsageEntry['state']): string {
  return { pending: 'running', succeeded: 'done', failed: 'failed, refunded' }[
    state
  ];
}
