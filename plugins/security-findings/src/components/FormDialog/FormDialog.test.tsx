import { act, render, screen } from '@testing-library/react';
import { FormDialog } from './FormDialog';

function open() {
  render(
    <FormDialog
      title="Upload a report"
      submitLabel="Upload report"
      failureTitle="The report was not taken"
      onSubmit={async () => true}
      onClose={() => undefined}
    >
      <input aria-label="Category" />
      <input aria-label="Commit" />
    </FormDialog>,
  );
}

const finishOpening = () => act(() => jest.runOnlyPendingTimers());

describe('a dialog with a form', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('begins in the first field', () => {
    open();
    finishOpening();
    expect(screen.getByLabelText('Category')).toHaveFocus();
  });

  it('does not take the focus from whoever types before it is fully open', () => {
    open();
    act(() => screen.getByLabelText('Commit').focus());
    finishOpening();
    expect(screen.getByLabelText('Commit')).toHaveFocus();
  });
});
