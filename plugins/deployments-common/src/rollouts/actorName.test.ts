import { actorName } from './actorName';

describe('actorName', () => {
  it('names users, services and Forkyard', () => {
    expect(actorName('user:default/ana')).toBe('ana');
    expect(actorName('service:plugin:incidents')).toBe(
      'the service plugin:incidents',
    );
    expect(actorName('forkyard')).toBe('Forkyard');
  });

  it('makes nobody of the portal of an author who chose such a name', () => {
    for (const name of ["'user:default/ana'", 'acme/ana', 'ana', 'user:/ana']) {
      expect(actorName(name)).toBe(name);
    }
  });
});
