/**
 * Makes an error that Backstage answers with 400: it goes by the name, and this
 * package has no use for `@backstage/errors` otherwise.
 */
export function inputError(message: string): Error {
  return Object.assign(new Error(message), { name: 'InputError' });
}
