/**
 * Joins texts that others wrote into one paragraph, each ending as a sentence
 * does, however its writer left it.
 *
 * @public
 */
export function asSentences(
  ...texts: Array<string | undefined | false>
): string {
  return texts
    .map(text => (text || '').trim())
    .filter(text => text)
    .map(text => (/[.!?:;]$/.test(text) ? text : `${text}.`))
    .join(' ');
}
