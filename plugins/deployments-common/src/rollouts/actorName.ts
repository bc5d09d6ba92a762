/**
 * Names who acted: a user by the last part of the ref, a service, or Forkyard.
 * Authors of commits choose their names, so that any other text stays as it is.
 *
 * @public
 */
export function actorName(actor: string): string {
  if (actor === 'forkyard') return 'Forkyard';
  if (actor.startsWith('service:')) {
    return `the service ${actor.slice('service:'.length)}`;
  }
  const user = /^user:(?:[^/\s]+\/)?([^/\s]+)$/i.exec(actor);
  return user ? user[1] : actor;
}
