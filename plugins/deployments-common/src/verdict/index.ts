export { decideVerdict, type VerdictTime } from './decide';
export { defaultVerdictSettings } from './settings';
export { createVerdictState, foldVerdict, type VerdictState } from './state';
export * from './types';
