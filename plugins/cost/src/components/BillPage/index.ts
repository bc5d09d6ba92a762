export { BillPage } from './BillPage';
