const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Is text that is already safe to put into a page. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | Part[];

function render(part: Part): string {
  if (part instanceof Html) {
    return part.text;
  }
  if (Array.isArray(part)) {
    return part.map(render).join('');
  }
  return String(part ?? '').replace(
    /[&<>"']/g,
    character => escapes[character],
  );
}

/** Builds HTML; whatever is put into it is escaped unless it is HTML itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(
    strings.reduce(
      (text, string, index) => text + render(parts[index - 1]) + string,
    ),
  );
}

const style = `
  :root { color-scheme: light dark; --line: #d8dee4; --soft: #59636e; --back: #f6f8fa; --accent: #0b57d0; }
  @media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #9aa4af; --back: #1b2129; --accent: #8ab4f8; } }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 960px; margin: 32px auto; padding: 0 16px; }
  a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
  h1 { font-size: 22px; margin: 0 0 4px; font-weight: 600; } h2 { font-size: 16px; margin: 32px 0 8px; }
  p.soft, .soft { color: var(--soft); }
  table { border-collapse: collapse; width: 100%; border: 1px solid var(--line); border-radius: 8px; }
  td { border-top: 1px solid var(--line); padding: 8px 12px; vertical-align: top; } tr:first-child td { border-top: 0; }
  td.end { text-align: right; white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
  code, pre { font: 13px/1.5 ui-monospace, monospace; }
  pre { background: var(--back); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; overflow: auto; }
  .add { color: #1a7f37; } .del { color: #cf222e; }
  .badge { border: 1px solid var(--line); border-radius: 999px; padding: 1px 8px; font-size: 12px; color: var(--soft); }
`;

/** Makes a whole page. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.text;
}
