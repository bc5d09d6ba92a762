export * from './startVercelSide';
export type { VercelLimits } from './limits';
