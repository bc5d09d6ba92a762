/** Fields of rows that count, by their place. Those of the proxy come last. */
export const FIELDS = [
  'source',
  'timestamp',
  'projectId',
  'deploymentId',
  'environment',
  'requestId',
  'statusCode',
  'path',
  'traceId',
  'proxy',
  'timestamp',
  'statusCode',
  'path',
  'userAgent',
].map(name => Buffer.from(name));

export const PROXY = 9;
export const USER_AGENT = 13;
/** 1 for what is a number. */
export const NUMBERS = Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);

/** Stands for a key that does not count. */
export const ABSENT = -1;
export const LONGEST_KEY = 15;

/** Which field a key can only be, by `placeOf`. */
export const ROW_KEYS = placeKeys(0, PROXY);
export const PROXY_KEYS = placeKeys(PROXY + 1, USER_AGENT);
export const NO_KEYS = placeKeys(0, -1);

/** Tells keys apart by their length and their first byte. */
export function placeOf(length: number, first: number): number {
  return (length << 5) | (first & 0x1f);
}

function placeKeys(from: number, to: number): Int8Array {
  const places = new Int8Array(placeOf(LONGEST_KEY, 0x1f) + 1).fill(ABSENT);
  for (let field = from; field <= to; field += 1) {
    places[placeOf(FIELDS[field].length, FIELDS[field][0])] = field;
  }
  return places;
}
