import { Hono, type Context } from 'hono';
import type { ActionRequest } from '../actions/ActionProvider.js';
import type { Dependencies } from '../dependencies.js';
import { Problem } from '../problems.js';
import { HomePage, type HomePageProps } from '../views/HomePage.js';
import { showPage } from '../views/showPage.js';
import { SignInPage } from '../views/SignInPage.js';
import {
  clientAddress,
  endSession,
  findAccount,
  getAccount,
  readSessionToken,
  startSession,
} from './session.js';

/** The page, which works without any script in the browser. */
export function createPageRoutes(dependencies: Dependencies): Hono {
  const { accounts, actions, database, settings } = dependencies;
  const routes = new Hono();
  const { title, version } = settings;

  async function showHome(
    context: Context,
    more: Partial<Pick<HomePageProps, 'outcome' | 'problem' | 'text'>> = {},
  ) {
    const account = await getAccount(context, accounts);
    const usage = await actions.listUsage(account.id);
    return showPage(
      context,
      <HomePage {...{ title, version, account, usage, ...more }} />,
      more.problem?.status ?? 200,
    );
  }

  routes.get('/', async context => {
    if ((await database.check()) === 'not configured') {
      return showPage(
        context,
        <SignInPage {...{ title, version }} hasDatabase={false} />,
      );
    }
    const account = await findAccount(context, accounts);
    return account
      ? showHome(context)
      : showPage(context, <SignInPage {...{ title, version }} hasDatabase />);
  });

  for (const [path, verb] of [
    ['/sign-up', 'signUp'],
    ['/sign-in', 'signIn'],
  ] as const) {
    routes.get(path, context => context.redirect('/'));
    routes.post(path, async context => {
      const form = await context.req.formData();
      const email = readText(form, 'email');
      const password = readText(form, 'password');
      try {
        const session = await accounts[verb](
          { email, password },
          clientAddress(context, settings),
        );
        startSession(context, session);
        return context.redirect('/', 303);
      } catch (problem) {
        if (!(problem instanceof Problem) || problem.status >= 500) {
          throw problem;
        }
        return showPage(
          context,
          <SignInPage
            {...{ title, version, email, problem, verb }}
            hasDatabase
          />,
          problem.status,
        );
      }
    });
  }

  routes.post('/sign-out', async context => {
    const token = readSessionToken(context);
    if (token) {
      await accounts.signOut(token);
    }
    endSession(context);
    return context.redirect('/', 303);
  });

  routes.get('/actions', context => context.redirect('/'));
  routes.post('/actions', async context => {
    const account = await getAccount(context, accounts);
    const form = await context.req.formData();
    try {
      const outcome = await actions.runAction(
        account.id,
        await readAction(form),
      );
      return showHome(context, { outcome });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status >= 503) {
        throw problem;
      }
      return showHome(context, { problem, text: readText(form, 'text') });
    }
  });

  return routes;
}

function readText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

async function readAction(form: FormData): Promise<ActionRequest> {
  const action = readText(form, 'action');
  if (action === 'palette' || action === 'caption') {
    const file = form.get('image');
    return {
      action,
      image:
        file instanceof File
          ? new Uint8Array(await file.arrayBuffer())
          : new Uint8Array(),
    };
  }
  if (action === 'summary') {
    return { action, text: readText(form, 'text') };
  }
  throw new Problem(400, 'Please choose what to do.');
}
