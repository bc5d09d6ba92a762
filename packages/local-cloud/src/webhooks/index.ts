export * from './WebhookQueue';
export * from './WebhookDeliveryStore';
