export { ApprovalsHomeSection } from './ApprovalsHomeSection';
