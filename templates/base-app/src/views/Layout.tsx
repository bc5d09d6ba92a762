import type { Child } from 'hono/jsx';

/** The frame of every page. */
export function Layout(props: {
  title: string;
  version: string;
  heading?: string;
  children?: Child;
}) {
  const { title, version, heading, children } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{heading ? `${heading} · ${title}` : title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/styles.css" />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to content
        </a>
        <header>
          <a class="brand" href="/">
            {title}
          </a>
        </header>
        <main id="content">{children}</main>
        <footer>
          Version <code>{version}</code>
        </footer>
      </body>
    </html>
  );
}
