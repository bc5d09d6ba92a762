import { WebhookDelivery } from '../../webhooks';
import { Document, HookBody } from '../store';
import { RestHook, RestHookDelivery } from './restTypes';

/** Describes a hook under the URL of its repository or organization; its secret is masked. */
export function toRestHook(
  ownerUrl: string,
  hook: Document<HookBody>,
  last: WebhookDelivery | undefined,
): RestHook {
  const { body } = hook;
  const url = `${ownerUrl}/hooks/${hook.id}`;
  const status = last?.lastAttempt?.status;
  const attempted = last?.state === 'delivered' ? 'active' : 'misconfigured';
  return {
    type: ownerUrl.includes('/orgs/') ? 'Organization' : 'Repository',
    id: hook.id,
    name: 'web',
    active: body.active,
    events: body.events,
    config: {
      url: body.config.url,
      content_type: body.config.contentType,
      insecure_ssl: body.config.insecureSsl,
      ...(body.config.secret === undefined ? {} : { secret: '********' }),
    },
    created_at: hook.createdAt,
    updated_at: hook.updatedAt,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: {
      code: status ?? null,
      status: last?.lastAttempt ? attempted : 'unused',
      message: last?.lastAttempt?.error ?? null,
    },
  };
}

function deliveryStatus(delivery: WebhookDelivery): string {
  if (delivery.state === 'delivered') {
    return 'OK';
  }
  if (delivery.lastAttempt?.status !== undefined) {
    return `Invalid HTTP Response: ${delivery.lastAttempt.status}`;
  }
  return delivery.lastAttempt?.error ?? 'pending';
}

export function toRestDeliveryItem(delivery: WebhookDelivery) {
  const payload = JSON.parse(delivery.body.toString('utf8'));
  const attempt = delivery.lastAttempt;
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: attempt?.at ?? delivery.createdAt,
    redelivery: delivery.redelivery,
    duration: (attempt?.durationMilliseconds ?? 0) / 1000,
    status: deliveryStatus(delivery),
    status_code: attempt?.status ?? 0,
    event: delivery.event,
    action: typeof payload.action === 'string' ? payload.action : null,
    installation_id: null,
    repository_id: payload.repository?.id ?? null,
  };
}

export function toRestDelivery(delivery: WebhookDelivery): RestHookDelivery {
  const attempt = delivery.lastAttempt;
  return {
    ...toRestDeliveryItem(delivery),
    url: delivery.url,
    request: {
      headers: attempt?.requestHeaders ?? null,
      payload: JSON.parse(delivery.body.toString('utf8')),
    },
    response: {
      headers: attempt?.responseHeaders ?? null,
      payload: attempt?.responseBody ?? null,
    },
  };
}
