/**
 * The forks plugin as other backends see it.
 *
 * @packageDocumentation
 */
export * from './forkPermissionRules';
export * from './forksServiceRef';
