export * from './startTestLocalCloud';
