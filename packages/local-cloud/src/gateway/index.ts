export * from './Gateway';
export * from './RequestLog';
