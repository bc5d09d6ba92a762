/** Writes a whole number with its thousands apart. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Writes a share, the smaller the more digits. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${value.toFixed(0)} %`;
  return `${value.toFixed(value >= 0.1 ? 1 : 2)} %`;
}

/** Writes a difference of shares. */
export function points(share: number): string {
  const value = Number((share * 100).toPrecision(3));
  return `${value} percentage ${value === 1 ? 'point' : 'points'}`;
}

/** Writes a small rate as a proportion of people or versions. */
export function oneIn(rate: number): string {
  return `1 in ${count(Math.round(1 / rate))}`;
}

/** Rounds an estimate to two digits, which is as many as it has. */
export function roundUp(value: number): number {
  const unit =
    10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / unit) * unit;
}

/** Writes a time that has to pass. */
export function duration(seconds: number): string {
  return seconds < 90
    ? `${Math.ceil(seconds)} s`
    : `${Math.ceil(seconds / 60)} min`;
}
