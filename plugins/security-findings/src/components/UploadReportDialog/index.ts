export { UploadReportDialog } from './UploadReportDialog';
