export { securityFindingsPlugin as default } from './plugin';
