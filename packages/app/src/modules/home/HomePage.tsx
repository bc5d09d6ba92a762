import { Content, Page } from '@backstage/core-components';
import { identityApiRef, useApi } from '@backstage/frontend-plugin-api';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useEffect, useState, type ReactElement } from 'react';

function useDisplayName(): string | undefined {
  const identity = useApi(identityApiRef);
  const [name, setName] = useState<string>();
  useEffect(() => {
    let current = true;
    identity
      .getProfileInfo()
      .then(profile => current && setName(profile.displayName))
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [identity]);
  return name;
}

/** Answers "what needs me": the sections that the plugins attach, in order. */
export function HomePage(props: {
  sections: { id: string; element: ReactElement }[];
}) {
  const name = useDisplayName();
  return (
    <Page themeId="home">
      <Content>
        <Box component="header" sx={{ mb: 3 }}>
          <Typography variant="h1">What needs you</Typography>
          <Typography color="text.secondary">
            {name ? `Signed in as ${name}.` : 'Welcome.'} What fails or waits
            for you stands first.
          </Typography>
        </Box>
        <Stack spacing={3}>
          {props.sections.map(section => (
            <div key={section.id}>{section.element}</div>
          ))}
        </Stack>
      </Content>
    </Page>
  );
}
