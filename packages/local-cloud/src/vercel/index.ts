export * from './startVercelSide';
