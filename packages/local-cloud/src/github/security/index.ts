export * from './createSecuritySide';
export * from './listLockfiles';
export * from './toSbom';
