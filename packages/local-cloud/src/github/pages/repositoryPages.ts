import { FileChange, GitCommit, TreeEntry } from '../git';
import { encodePath } from '../shapes';
import { Repository } from '../store';
import { Html, html } from './html';

const textLimit = 512 * 1024;

function slugOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

function when(date: string): Html {
  return html`<time datetime="${date}"
    >${date.replace('T', ' ').replace('Z', ' UTC')}</time
  >`;
}

function commitRow(repository: Repository, commit: GitCommit): Html {
  const [subject] = commit.message.split('\n');
  return html`<tr>
    <td>
      <a href="/${slugOf(repository)}/commit/${commit.sha}">${subject}</a>
      <br /><span class="soft"
        >${commit.author.name}, ${when(commit.committer.date)}</span
      >
    </td>
    <td class="end"><code>${commit.sha.slice(0, 7)}</code></td>
  </tr>`;
}

function heading(repository: Repository, trail: Html = html``): Html {
  return html`<h1>
      <a href="/${slugOf(repository)}">${slugOf(repository)}</a>${trail}
      <span class="badge">${repository.private ? 'Private' : 'Public'}</span>
    </h1>
    <p class="soft">${repository.settings.description}</p>`;
}

/** Writes the path of a file or folder with a link on each part. */
function breadcrumbs(repository: Repository, ref: string, path: string): Html {
  const parts = path.split('/').filter(Boolean);
  return html`${parts.map((part, index) => {
    const target = encodePath(parts.slice(0, index + 1).join('/'));
    return html` /
      <a href="/${slugOf(repository)}/tree/${encodePath(ref)}/${target}"
        >${part}</a
      >`;
  })}`;
}

function fileTable(
  repository: Repository,
  ref: string,
  path: string,
  entries: TreeEntry[],
): Html {
  const order = (entry: TreeEntry) => (entry.type === 'tree' ? 0 : 1);
  const sorted = [...entries].sort(
    (left, right) =>
      order(left) - order(right) || left.path.localeCompare(right.path),
  );
  return html`<table>
    <tbody>
      ${sorted.map(entry => {
        const full = encodePath(path ? `${path}/${entry.path}` : entry.path);
        const kind = entry.type === 'tree' ? 'tree' : 'blob';
        return html`<tr>
          <td>
            <a href="/${slugOf(repository)}/${kind}/${encodePath(ref)}/${full}"
              >${entry.path}${entry.type === 'tree' ? '/' : ''}</a
            >
          </td>
          <td class="end">
            ${entry.size === undefined ? '' : `${entry.size} bytes`}
          </td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

export function emptyPage(repository: Repository, cloneUrl: string): Html {
  return html`${heading(repository)}
    <h2>Nothing has been pushed yet</h2>
    <pre>git clone ${cloneUrl}</pre>`;
}

/** Shows a folder, and at the root how to clone it and what happened last. */
export function treePage(options: {
  repository: Repository;
  ref: string;
  path: string;
  entries: TreeEntry[];
  commits: GitCommit[];
  cloneUrl: string;
}): Html {
  const { repository, ref, path, entries, commits, cloneUrl } = options;
  const history = html`<h2>Latest commits</h2>
    <table>
      <tbody>
        ${commits.map(commit => commitRow(repository, commit))}
      </tbody>
    </table>`;
  return html`${heading(repository, breadcrumbs(repository, ref, path))}
    ${
      path
        ? ''
        : html`<pre>git clone ${cloneUrl}</pre>
            <p>
              Any user name; the password is the token this GitHub was started
              with.
            </p>`
    }
    <h2>Files at <code>${ref}</code></h2>
    ${fileTable(repository, ref, path, entries)} ${path ? '' : history}`;
}

export function filePage(options: {
  repository: Repository;
  ref: string;
  path: string;
  content: Buffer;
  cloneUrl: string;
}): Html {
  const { repository, ref, path, content, cloneUrl } = options;
  const raw = `/${slugOf(repository)}/raw/${encodePath(ref)}/${encodePath(path)}`;
  const shown = !content.includes(0) && content.length <= textLimit;
  return html`${heading(repository, breadcrumbs(repository, ref, path))}
    <p class="soft">
      ${content.length} bytes at <code>${ref}</code> ·
      <a href="${raw}">Raw</a> · to change it:
      <code>git clone ${cloneUrl}</code>
    </p>
    ${
      shown
        ? html`<pre>${content.toString('utf8')}</pre>`
        : html`<p>This file is binary or large; open it raw.</p>`
    }`;
}

function patchLines(patch: string): Html[] {
  return patch.split('\n').map(line => {
    const kinds: Record<string, string> = {
      '+': 'add',
      '-': 'del',
      '@': 'soft',
    };
    return html`<span class="${kinds[line[0]] ?? ''}">${line}</span> `;
  });
}

export function commitPage(
  repository: Repository,
  commit: GitCommit,
  changes: FileChange[],
): Html {
  const [subject, ...rest] = commit.message.split('\n');
  const slug = slugOf(repository);
  return html`${heading(repository)}
    <h2>${subject}</h2>
    <p>${rest.join('\n').trim()}</p>
    <p class="soft">
      ${commit.author.name}, ${when(commit.author.date)} ·
      <code>${commit.sha}</code> ·
      <a href="/${slug}/tree/${commit.sha}">Browse files</a>
      ${commit.parents.map(
        sha =>
          html` · parent
            <a href="/${slug}/commit/${sha}"
              ><code>${sha.slice(0, 7)}</code></a
            >`,
      )}
    </p>
    ${changes.map(
      change =>
        html`<h2>
            <code>${change.path}</code>
            <span class="soft"
              >${change.status}, +${change.additions} -${change.deletions}</span
            >
          </h2>
          ${change.patch ? html`<pre>${patchLines(change.patch)}</pre>` : ''}`,
    )}`;
}

export function accountPage(login: string, repositories: Repository[]): Html {
  return html`<h1>${login}</h1>
    <h2>Repositories</h2>
    <table>
      <tbody>
        ${repositories.map(
          repository =>
            html`<tr>
              <td>
                <a href="/${slugOf(repository)}">${repository.name}</a><br />
                <span class="soft">${repository.settings.description}</span>
              </td>
              <td class="end">${repository.private ? 'Private' : 'Public'}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}
