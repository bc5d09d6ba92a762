export * from './pageRoutes';
