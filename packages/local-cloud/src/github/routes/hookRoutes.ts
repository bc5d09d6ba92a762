import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { getCaller } from '../../http';
import { WebhookDelivery, WebhookQueue } from '../../webhooks';
import { invalidField, notFound, webhookSource } from '../services';
import { toRestDelivery, toRestDeliveryItem, toRestHook } from '../shapes';
import { accountScope, Document, HookBody, repositoryScope } from '../store';
import {
  describeRepository,
  organizationOf,
  pageOf,
  parseBody,
  repositoryOf,
  RouteContext,
} from './RouteContext';

const hookSchema = z.object({
  name: z.string().optional(),
  active: z.boolean().optional(),
  events: z.array(z.string().min(1)).min(1).optional(),
  add_events: z.array(z.string()).default([]),
  remove_events: z.array(z.string()).default([]),
  config: z
    .object({
      url: z.string().optional(),
      content_type: z.string().optional(),
      insecure_ssl: z.union([z.string(), z.number()]).optional(),
      secret: z.string().optional(),
    })
    .default({}),
});

/** Says where hooks hang: on a repository or on an organization. */
interface HookPlace {
  scope: string;
  url: string;
  about: Record<string, unknown>;
}

type FindPlace = (request: Request, response: Response) => HookPlace;

function checkUrl(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw invalidField('Hook', 'url', 'url is missing a scheme or not valid');
  }
}

function applyHook(
  before: HookBody,
  body: z.output<typeof hookSchema>,
): HookBody {
  const { config } = body;
  const events = new Set(body.events ?? before.events);
  body.add_events.forEach(event => events.add(event));
  body.remove_events.forEach(event => events.delete(event));
  const url = config.url ?? before.config.url;
  checkUrl(url);
  return {
    active: body.active ?? before.active,
    events: [...events],
    config: {
      url,
      contentType: config.content_type ?? before.config.contentType,
      insecureSsl: String(config.insecure_ssl ?? before.config.insecureSsl),
      secret:
        config.secret === undefined || config.secret === '********'
          ? before.config.secret
          : config.secret || undefined,
    },
  };
}

class HookHandlers {
  readonly #context: RouteContext;
  readonly #webhooks: WebhookQueue;
  readonly #findPlace: FindPlace;

  constructor(
    context: RouteContext,
    webhooks: WebhookQueue,
    findPlace: FindPlace,
  ) {
    this.#context = context;
    this.#webhooks = webhooks;
    this.#findPlace = findPlace;
  }

  place(request: Request, response: Response): HookPlace {
    getCaller(response);
    return this.#findPlace(request, response);
  }

  locate(request: Request, response: Response) {
    const place = this.place(request, response);
    const id = Number(request.params.hook);
    const hook = this.#context.store.hooks.findById(place.scope, id);
    if (!hook) {
      throw notFound();
    }
    return { place, hook };
  }

  locateDelivery(request: Request, response: Response) {
    const { hook } = this.locate(request, response);
    const delivery = this.#webhooks.deliveries.find(
      Number(request.params.delivery),
    );
    if (
      delivery?.source !== webhookSource ||
      delivery.hookId !== String(hook.id)
    ) {
      throw notFound();
    }
    return { hook, delivery };
  }

  deliveries(hook: Document<HookBody>, limit: number): WebhookDelivery[] {
    return this.#webhooks.deliveries.list({
      source: webhookSource,
      hookId: String(hook.id),
      limit,
    });
  }

  describe(place: HookPlace, hook: Document<HookBody>) {
    return toRestHook(place.url, hook, this.deliveries(hook, 1)[0]);
  }

  ping(place: HookPlace, hook: Document<HookBody>): void {
    this.#context.events.ping(hook, {
      hook: this.describe(place, hook),
      ...place.about,
    });
  }

  redeliver(delivery: WebhookDelivery, hook: Document<HookBody>): void {
    this.#webhooks.redeliver(delivery, hook.body.config.url);
  }

  forget(hook: Document<HookBody>): void {
    this.#webhooks.deliveries.deleteForHook({
      source: webhookSource,
      hookId: String(hook.id),
    });
  }
}

function changeRoutes(
  router: Router,
  context: RouteContext,
  path: string,
  handlers: HookHandlers,
): void {
  const { hooks } = context.store;
  router.post(path, (request, response) => {
    const place = handlers.place(request, response);
    const body = parseBody(hookSchema, request.body, 'Hook');
    if (!body.config.url) {
      throw invalidField('Hook', 'url', 'url cannot be blank');
    }
    const known = hooks
      .list(place.scope)
      .some(hook => hook.body.config.url === body.config.url);
    if (known) {
      throw invalidField(
        'Hook',
        'url',
        'Hook already exists on this repository',
      );
    }
    const hook = hooks.put(
      place.scope,
      crypto.randomUUID(),
      applyHook(
        {
          active: true,
          events: ['push'],
          config: { url: '', contentType: 'form', insecureSsl: '0' },
        },
        body,
      ),
    );
    handlers.ping(place, hook);
    response.status(201).json(handlers.describe(place, hook));
  });
  router.patch(`${path}/:hook`, (request, response) => {
    const { place, hook } = handlers.locate(request, response);
    const body = parseBody(hookSchema, request.body, 'Hook');
    hooks.update(hook.id, applyHook(hook.body, body));
    response.json(
      handlers.describe(place, hooks.findById(place.scope, hook.id)!),
    );
  });
  router.delete(`${path}/:hook`, (request, response) => {
    const { place, hook } = handlers.locate(request, response);
    hooks.delete(place.scope, hook.name);
    handlers.forget(hook);
    response.status(204).end();
  });
}

function mount(
  router: Router,
  context: RouteContext,
  path: string,
  handlers: HookHandlers,
): void {
  const { hooks } = context.store;
  router.get(path, (request, response) => {
    const place = handlers.place(request, response);
    const all = hooks.list(place.scope);
    response.json(
      pageOf(context, request, response, all).map(hook =>
        handlers.describe(place, hook),
      ),
    );
  });
  router.get(`${path}/:hook`, (request, response) => {
    const { place, hook } = handlers.locate(request, response);
    response.json(handlers.describe(place, hook));
  });
  changeRoutes(router, context, path, handlers);
  router.post(
    [`${path}/:hook/pings`, `${path}/:hook/tests`],
    (request, response) => {
      const { place, hook } = handlers.locate(request, response);
      handlers.ping(place, hook);
      response.status(204).end();
    },
  );
  router.get(`${path}/:hook/deliveries`, (request, response) => {
    const { hook } = handlers.locate(request, response);
    response.json(
      pageOf(
        context,
        request,
        response,
        handlers.deliveries(hook, 200).map(toRestDeliveryItem),
      ),
    );
  });
  router.get(`${path}/:hook/deliveries/:delivery`, (request, response) => {
    const { delivery } = handlers.locateDelivery(request, response);
    response.json(toRestDelivery(delivery));
  });
  router.post(
    `${path}/:hook/deliveries/:delivery/attempts`,
    (request, response) => {
      const { hook, delivery } = handlers.locateDelivery(request, response);
      handlers.redeliver(delivery, hook);
      response.status(202).json({});
    },
  );
}

/** Serves hooks of repositories and organizations, their deliveries and redelivery. */
export function hookRoutes(
  router: Router,
  context: RouteContext,
  webhooks: WebhookQueue,
): void {
  mount(
    router,
    context,
    '/repos/:owner/:repo/hooks',
    new HookHandlers(context, webhooks, (request, response) => {
      const repository = repositoryOf(context, request, response);
      return {
        scope: repositoryScope(repository),
        url: `${context.baseUrl()}/repos/${repository.owner.login}/${
          repository.name
        }`,
        about: { repository: describeRepository(context, repository) },
      };
    }),
  );
  mount(
    router,
    context,
    '/orgs/:org/hooks',
    new HookHandlers(context, webhooks, request => {
      const account = organizationOf(context, request);
      return {
        scope: accountScope(account),
        url: `${context.baseUrl()}/orgs/${account.login}`,
        about: { organization: { login: account.login, id: account.id } },
      };
    }),
  );
}
