import { Fragment } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import type { RunbookRun } from '@forkyard/plugin-incidents-common';
import { cutText, versionsOf } from '../../presentation/runText';

/** Shows a sentence of a run; a version in it leads to the deployments. */
export function RunText(props: { run: RunbookRun; text: string }) {
  const { run, text } = props;
  const entityPath = useRouteRef(entityRouteRef)?.(
    parseEntityRef(run.entityRef),
  );
  return (
    <>
      {cutText(text, versionsOf(run)).map(({ text: piece, version }, index) =>
        version && entityPath ? (
          <Link
            key={index}
            to={`${entityPath}/deployments?${new URLSearchParams({ environment: version.environment })}`}
            underline="always"
          >
            {piece}
          </Link>
        ) : (
          <Fragment key={index}>{piece}</Fragment>
        ),
      )}
    </>
  );
}
