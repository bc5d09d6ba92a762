export * from './AccountStore';
export * from './DocumentStore';
export * from './GitHubStore';
export * from './RepositoryStore';
export * from './SarifStore';
export * from './ScanStore';
export * from './SecurityAlertStore';
export * from './securityAlerts';
