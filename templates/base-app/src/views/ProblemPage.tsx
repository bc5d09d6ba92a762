import { Layout } from './Layout.js';

/** What somebody sees when it did not work. */
export function ProblemPage(props: {
  title: string;
  version: string;
  heading: string;
  message: string;
  requestId: string;
}) {
  const { title, version, heading, message, requestId } = props;
  return (
    <Layout title={title} version={version} heading={heading}>
      <h1>{heading}</h1>
      <p class="problem" role="alert">
        {message}
      </p>
      <p>
        <a href="/">Back to the start</a>
      </p>
      <p class="hint">
        To ask about this, quote <code>{requestId}</code>.
      </p>
    </Layout>
  );
}
