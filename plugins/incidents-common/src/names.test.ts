import * as incidents from './index';

describe('the names that others rely on', () => {
  it('are those of the permissions, each asked with the entity', () => {
    expect(
      incidents.incidentsPermissions.map(
        ({ name, attributes, resourceType }) =>
          `${name} ${attributes.action} ${resourceType}`,
      ),
    ).toEqual([
      'incidents.alert.read read catalog-entity',
      'incidents.alert.update update catalog-entity',
      'incidents.runbook.read read catalog-entity',
      'incidents.runbook.run update catalog-entity',
    ]);
  });

  it('are those of the topic, the channels and the annotation', () => {
    expect(incidents.INCIDENTS_INCIDENT_TOPIC).toBe('incidents.incident');
    expect(incidents.INCIDENTS_FIRING_CHANNEL).toBe('incidents:firing');
    expect(incidents.incidentsSignalChannel('component:default/a')).toBe(
      'incidents:entity:component:default/a',
    );
    expect(incidents.ANNOTATION_RUNBOOKS).toBe('forkyard.dev/runbooks');
  });
});
