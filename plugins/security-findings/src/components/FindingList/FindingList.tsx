import { useEffect, useId, useRef, type RefObject } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { EmptyState, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import {
  useFindingFilter,
  type ChosenFilter,
} from '../../hooks/useFindingFilter';
import { useFindings, type FindingsList } from '../../hooks/useFindings';
import { FindingActions } from './FindingActions';
import { FindingFilters } from './FindingFilters';
import { FindingRow } from './FindingRow';

/** Lists findings, the worst first, with further ones on request. */
export function FindingList(props: {
  entityRef: string;
  mayWaive: boolean;
  onChanged: () => void;
}) {
  const titleId = useId();
  const chosen = useFindingFilter();
  const list = useFindings(props.entityRef, chosen.filter);
  const titleRef = useRef<HTMLHeadingElement>(null);
  const decided = useFocusAfter(titleRef, list.findings);
  return (
    <Box component="section" aria-labelledby={titleId}>
      <Typography
        id={titleId}
        ref={titleRef}
        tabIndex={-1}
        variant="h2"
        sx={{ m: 0, mb: 2 }}
      >
        Findings
      </Typography>
      <FindingFilters chosen={chosen} />
      {list.waiting > 0 && (
        <Button
          size="small"
          variant="outlined"
          sx={{ mt: 1 }}
          onClick={list.showWaiting}
        >
          Show {list.waiting} new {list.waiting === 1 ? 'finding' : 'findings'}
        </Button>
      )}
      <ListBody
        list={list}
        chosen={chosen}
        mayWaive={props.mayWaive}
        onChanged={() => {
          decided();
          props.onChanged();
        }}
      />
    </Box>
  );
}

/** Moves the focus to the list when a decision has taken away the row that had it. */
function useFocusAfter(target: RefObject<HTMLElement>, rows: unknown) {
  const isDecided = useRef(false);
  useEffect(() => {
    if (isDecided.current && document.activeElement === document.body) {
      target.current?.focus();
    }
    isDecided.current = false;
  }, [target, rows]);
  return () => {
    isDecided.current = true;
  };
}

function ListBody(props: {
  list: FindingsList;
  chosen: ChosenFilter;
  mayWaive: boolean;
  onChanged: () => void;
}) {
  const { list, chosen } = props;
  const { findings, error } = list;
  if (list.loading) {
    return <LoadingState label="Loading findings" rows={5} rowHeight={56} />;
  }
  if (error && findings.length === 0) {
    return (
      <ErrorState
        title="The list of findings could not be loaded"
        error={error}
        onRetry={list.refresh}
      />
    );
  }
  if (findings.length === 0) {
    return chosen.isNarrowed ? (
      <EmptyState
        title="No finding matches"
        description="None of this component's findings fits what you chose."
        action={<Button onClick={chosen.clear}>Clear the filter</Button>}
      />
    ) : (
      <EmptyState
        title="No open finding"
        description="What the sources below find appears here by itself."
      />
    );
  }
  return (
    <Stack spacing={2}>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {findings.map(finding => (
          <FindingRow
            key={finding.id}
            finding={finding}
            actions={
              <FindingActions
                finding={finding}
                mayWaive={props.mayWaive}
                onChanged={changed => {
                  props.onChanged();
                  list.replace(changed);
                  list.refresh();
                }}
              />
            }
          />
        ))}
      </Box>
      <More list={list} />
    </Stack>
  );
}

function More({ list }: { list: FindingsList }) {
  if (list.moreError) {
    return (
      <ErrorState
        compact
        title="Further findings could not be loaded"
        error={list.moreError}
        onRetry={list.showMore}
      />
    );
  }
  if (!list.hasMore) return undefined;
  return (
    <Button
      variant="outlined"
      sx={{ alignSelf: 'center' }}
      disabled={list.loadingMore}
      onClick={list.showMore}
    >
      {list.loadingMore ? 'Loading further findings' : 'Show more'}
    </Button>
  );
}
