export * from './commitObject';
export * from './GitHistory';
export * from './GitObjects';
export * from './GitRunner';
export * from './GitWriter';
export * from './names';
