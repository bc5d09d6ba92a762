import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { forkReadPermission } from '@forkyard/plugin-forks-common';
import {
  createForkConditionalDecision,
  forkConditions,
  isForkCreator,
  isForkOwner,
} from './forkPermissionRules';

const fork = { owner: 'group:default/platform', createdBy: 'user:default/ana' };

describe('the rules of forks', () => {
  it('tells owners and creators from others, alike on a fork and in a list', () => {
    const owners = ['user:default/ana', 'group:default/platform'];
    expect(isForkOwner.apply(fork, { owners })).toBe(true);
    expect(isForkOwner.apply(fork, { owners: [fork.createdBy] })).toBe(false);
    expect(isForkOwner.toQuery({ owners })).toEqual({
      key: 'owner',
      values: owners,
    });
    const creators = [fork.createdBy];
    expect(isForkCreator.apply(fork, { creators })).toBe(true);
    expect(isForkCreator.apply(fork, { creators: [fork.owner] })).toBe(false);
    expect(isForkCreator.toQuery({ creators })).toEqual({
      key: 'createdBy',
      values: creators,
    });
  });

  it('makes decisions that a policy can give', () => {
    expect(
      createForkConditionalDecision(
        forkReadPermission,
        forkConditions.isForkOwner({ owners: [fork.owner] }),
      ),
    ).toEqual({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'forks',
      resourceType: 'forks-fork',
      conditions: {
        rule: 'IS_FORK_OWNER',
        resourceType: 'forks-fork',
        params: { owners: [fork.owner] },
      },
    });
  });
});
