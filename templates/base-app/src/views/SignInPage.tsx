import type { Problem } from '../problems.js';
import { Layout } from './Layout.js';

type Verb = 'signIn' | 'signUp';

/** What somebody sees who is not signed in. */
export function SignInPage(props: {
  title: string;
  version: string;
  hasDatabase: boolean;
  email?: string;
  problem?: Problem;
  verb?: Verb;
}) {
  const { title, version, hasDatabase, email, problem, verb } = props;
  const forms: Verb[] = ['signIn', 'signUp'];
  return (
    <Layout title={title} version={version}>
      <h1>{title}</h1>
      <p class="lead">
        Summaries of texts, captions and palettes of images. Every account
        starts with some tokens; each action takes a few.
      </p>
      {hasDatabase ? (
        <div class="columns">
          {forms.map(form => (
            <AccountForm
              verb={form}
              email={email}
              problem={form === verb ? problem : undefined}
            />
          ))}
        </div>
      ) : (
        <div class="notice" role="status">
          <h2>No database yet</h2>
          <p>
            This copy is running, but it cannot keep accounts. Set{' '}
            <code>POSTGRES_URL</code> in its environment and deploy again.
          </p>
        </div>
      )}
    </Layout>
  );
}

function AccountForm(props: { verb: Verb; email?: string; problem?: Problem }) {
  const { verb, email, problem } = props;
  const isNew = verb === 'signUp';
  const label = isNew ? 'Create an account' : 'Sign in';
  return (
    <form
      class="card"
      method="post"
      action={isNew ? '/sign-up' : '/sign-in'}
      aria-labelledby={`${verb}-title`}
    >
      <h2 id={`${verb}-title`}>{label}</h2>
      {problem && (
        <p class="problem" role="alert" id={`${verb}-problem`}>
          {problem.message}
        </p>
      )}
      <label for={`${verb}-email`}>E-mail address</label>
      <input
        id={`${verb}-email`}
        name="email"
        type="email"
        autocomplete={isNew ? 'email' : 'username'}
        maxlength={254}
        required
        value={problem ? email : undefined}
        aria-describedby={problem && `${verb}-problem`}
      />
      <label for={`${verb}-password`}>Password</label>
      <input
        id={`${verb}-password`}
        name="password"
        type="password"
        autocomplete={isNew ? 'new-password' : 'current-password'}
        minlength={10}
        maxlength={200}
        required
        aria-describedby={isNew ? 'password-hint' : undefined}
      />
      {isNew && (
        <p class="hint" id="password-hint">
          At least 10 characters.
        </p>
      )}
      <button type="submit">{label}</button>
    </form>
  );
}
