const PRODUCTION = 'production';

/**
 * Lists the environments that a deployment may be promoted to, the next one
 * first; `environments` are in the order of promotion, as
 * {@link EntityDelivery} has them. From production only production is left:
 * its versions may wait there for traffic. What stands in no order goes to
 * production.
 *
 * @public
 */
export function listPromotionTargets(request: {
  environments: string[];
  from: string;
}): string[] {
  const { environments, from } = request;
  if (from === PRODUCTION) return [PRODUCTION];
  const others = environments.filter(name => name !== PRODUCTION);
  const index = from === 'preview' ? -1 : others.indexOf(from);
  if (index < 0 && from !== 'preview') return [PRODUCTION];
  return [
    ...others.slice(index + 1).filter(name => name !== 'preview'),
    PRODUCTION,
  ];
}
