import { useState } from 'react';
import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createFindingsApi, high } from '../../__testUtils__/findings';
import { renderWithFindings } from '../../__testUtils__/renderWithFindings';
import { FindingActions } from './FindingActions';

describe('what can be decided of a finding', () => {
  it('keeps the focus when the permission comes after it', async () => {
    let allow: () => void = () => {};
    function Late() {
      const [mayWaive, setMayWaive] = useState(false);
      allow = () => setMayWaive(true);
      return (
        <FindingActions
          finding={high}
          mayWaive={mayWaive}
          onChanged={() => {}}
        />
      );
    }
    renderWithFindings(<Late />, { api: createFindingsApi() });
    const button = await screen.findByRole('button', { name: 'Waive' });
    await userEvent.tab();
    expect(button).toHaveFocus();
    expect(button).toHaveAttribute('aria-disabled', 'true');
    act(() => allow());
    expect(button).toHaveFocus();
    expect(button).not.toHaveAttribute('aria-disabled');
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('dialog')).toBeVisible();
  });
});
