/** Is a name, an address and a moment, as a commit carries them. */
export interface GitPerson {
  name: string;
  email: string;
  /** ISO 8601, UTC, whole seconds. */
  date: string;
}

/** Is a commit as git stores it. */
export interface GitCommit {
  sha: string;
  tree: string;
  parents: string[];
  author: GitPerson;
  committer: GitPerson;
  message: string;
  signature?: string;
}

/** Formats a moment the way GitHub does. */
export function toIsoSeconds(moment: Date): string {
  return moment.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function readPerson(line: string): GitPerson {
  const match = /^(.*?) ?<([^>]*)> (-?\d+) ([+-]\d{4})$/.exec(line);
  if (!match) {
    return { name: line, email: '', date: toIsoSeconds(new Date(0)) };
  }
  return {
    name: match[1],
    email: match[2],
    date: toIsoSeconds(new Date(Number(match[3]) * 1000)),
  };
}

/** Reads the raw bytes of a commit object. */
export function parseCommit(sha: string, raw: Buffer): GitCommit {
  const text = raw.toString('utf8');
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const fields: [string, string][] = [];
  for (const line of head.split('\n')) {
    if (line.startsWith(' ') && fields.length > 0) {
      fields[fields.length - 1][1] += `\n${line.slice(1)}`;
    } else {
      const space = line.indexOf(' ');
      fields.push([line.slice(0, space), line.slice(space + 1)]);
    }
  }
  const field = (name: string) => fields.find(([key]) => key === name)?.[1];
  return {
    sha,
    tree: field('tree') ?? '',
    parents: fields
      .filter(([key]) => key === 'parent')
      .map(([, value]) => value),
    author: readPerson(field('author') ?? ''),
    committer: readPerson(field('committer') ?? ''),
    signature: field('gpgsig'),
    message: end < 0 ? '' : text.slice(end + 2).replace(/\n$/, ''),
  };
}

function writePerson(person: GitPerson): string {
  const clean = (value: string) =>
    [...value].filter(c => c > '\u001f' && c !== '<' && c !== '>').join('');
  const seconds = Math.floor(Date.parse(person.date) / 1000);
  return `${clean(person.name).trim()} <${clean(
    person.email,
  ).trim()}> ${seconds} +0000`;
}

/** Writes the raw bytes of a commit object; the same input gives the same sha. */
export function formatCommit(commit: Omit<GitCommit, 'sha'>): Buffer {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map(parent => `parent ${parent}`),
    `author ${writePerson(commit.author)}`,
    `committer ${writePerson(commit.committer)}`,
  ];
  if (commit.signature) {
    lines.push(`gpgsig ${commit.signature.trim().split('\n').join('\n ')}`);
  }
  return Buffer.from(`${lines.join('\n')}\n\n${commit.message}`);
}
