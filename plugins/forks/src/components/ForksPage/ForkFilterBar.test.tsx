import { act, fireEvent, render, screen } from '@testing-library/react';
import { readFilters } from '../../hooks/useForkFilters';
import { ForkFilterBar } from './ForkFilterBar';

describe('the search of the portfolio', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('keeps what is typed while the address takes over what was typed before', () => {
    const onChange = jest.fn();
    const barWith = (search: string) => (
      <ForkFilterBar
        filters={{ ...readFilters(new URLSearchParams()), search }}
        onChange={onChange}
      />
    );
    const { rerender } = render(barWith(''));
    const input = screen.getByRole('searchbox');
    const type = (value: string) =>
      fireEvent.change(input, { target: { value } });
    const rest = () => act(() => jest.advanceTimersByTime(250));

    type('sho');
    rest();
    expect(onChange).toHaveBeenLastCalledWith({ search: 'sho' });
    type('shop');
    rerender(barWith('sho'));
    expect(input).toHaveValue('shop');
    rest();
    expect(onChange).toHaveBeenLastCalledWith({ search: 'shop' });

    rerender(barWith('shop'));
    rerender(barWith(''));
    expect(input).toHaveValue('');
  });
});
