/** Gives numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws how many of `total` requests are bad, by the gaps between bad ones. */
export function drawBad(
  random: () => number,
  total: number,
  share: number,
): number {
  if (share <= 0) return 0;
  if (share >= 1) return total;
  const logGood = Math.log1p(-share);
  const gap = () => Math.floor(Math.log(1 - random()) / logGood);
  let bad = 0;
  for (let at = gap(); at < total; at += 1 + gap()) bad += 1;
  return bad;
}
