export * from './ApiError';
export * from './FaultBook';
export * from './TokenBook';
export * from './createApiApp';
export * from './listen';
export * from './loopback';
