import { Hono, type Context } from 'hono';
import type { ActionRequest } from '../actions/ActionProvider.js';
import type { Dependencies } from '../dependencies.js';
import { Problem } from '../problems.js';
import {
  clientAddress,
  endSession,
  getAccount,
  readSessionToken,
  startSession,
} from './session.js';

/** The same as the page, for programs: JSON in and out, the session in a cookie. */
export function createApiRoutes(dependencies: Dependencies): Hono {
  const { accounts, actions, settings } = dependencies;
  const routes = new Hono();

  routes.post('/accounts', async context => {
    const session = await accounts.signUp(
      await readCredentials(context),
      clientAddress(context, settings),
    );
    startSession(context, session);
    return context.json({ account: session.account }, 201);
  });

  routes.post('/sessions', async context => {
    const session = await accounts.signIn(
      await readCredentials(context),
      clientAddress(context, settings),
    );
    startSession(context, session);
    return context.json({ account: session.account }, 201);
  });

  routes.delete('/sessions/current', async context => {
    const token = readSessionToken(context);
    if (token) {
      await accounts.signOut(token);
    }
    endSession(context);
    return context.body(null, 204);
  });

  routes.get('/account', async context =>
    context.json({ account: await getAccount(context, accounts) }),
  );

  routes.get('/usage', async context => {
    const { id } = await getAccount(context, accounts);
    return context.json({ items: await actions.listUsage(id) });
  });

  routes.post('/actions/:action', async context => {
    const { id } = await getAccount(context, accounts);
    const request = parseAction(
      context.req.param('action'),
      await readObject(context),
    );
    return context.json(await actions.runAction(id, request));
  });

  return routes;
}

async function readObject(context: Context): Promise<Record<string, unknown>> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new Problem(
      415,
      'The body must be JSON (content-type application/json).',
    );
  }
  const body: unknown = await context.req.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(400, 'The body must be a JSON object.');
  }
  return body as Record<string, unknown>;
}

async function readCredentials(context: Context) {
  const { email, password } = await readObject(context);
  if (typeof email !== 'string' || typeof password !== 'string') {
    throw new Problem(
      400,
      "The body needs the strings 'email' and 'password'.",
    );
  }
  return { email, password };
}

function parseAction(
  action: string,
  body: Record<string, unknown>,
): ActionRequest {
  if (action === 'summary') {
    if (typeof body.text !== 'string') {
      throw new Problem(400, "A summary needs the string 'text'.");
    }
    return { action, text: body.text };
  }
  if (action === 'palette' || action === 'caption') {
    if (typeof body.image !== 'string') {
      throw new Problem(
        400,
        `A ${action} needs 'image', a PNG or JPEG as base64.`,
      );
    }
    return { action, image: Buffer.from(body.image, 'base64') };
  }
  throw new Problem(
    404,
    `There is no action '${action}'; there are summary, palette and caption.`,
  );
}
