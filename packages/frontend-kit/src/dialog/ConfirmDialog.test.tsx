import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ConfirmDialog } from './ConfirmDialog';

function renderDialog(onConfirm: () => Promise<unknown>) {
  const onClose = jest.fn();
  render(
    <ConfirmDialog
      open
      destructive
      title="Unwind shop?"
      confirmLabel="Unwind shop"
      failureTitle="shop was not unwound"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      Deletes the repository acme/shop.
    </ConfirmDialog>,
  );
  return onClose;
}

describe('ConfirmDialog', () => {
  it('names the thing and says what will happen to it', () => {
    renderDialog(async () => {});
    const dialog = screen.getByRole('dialog', { name: 'Unwind shop?' });
    expect(dialog).toHaveAccessibleDescription(
      'Deletes the repository acme/shop.',
    );
  });

  it('does it once and closes', async () => {
    const onConfirm = jest.fn().mockResolvedValue(undefined);
    const onClose = renderDialog(onConfirm);
    await userEvent.click(screen.getByRole('button', { name: 'Unwind shop' }));
    await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
    expect(onConfirm).toHaveBeenCalledTimes(1);
  });

  it('stays open and says why when it fails', async () => {
    const onClose = renderDialog(async () => {
      throw new Error('GitHub does not answer');
    });
    await userEvent.click(screen.getByRole('button', { name: 'Unwind shop' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'shop was not unwound',
    );
    expect(screen.getByText('GitHub does not answer.')).toBeVisible();
    expect(onClose).not.toHaveBeenCalled();
  });

  it('is left with Escape and with Cancel', async () => {
    const onConfirm = jest.fn();
    const onClose = renderDialog(onConfirm);
    await userEvent.keyboard('{Escape}');
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onClose).toHaveBeenCalledTimes(2);
    expect(onConfirm).not.toHaveBeenCalled();
  });
});
