export { DeliveryNote } from './DeliveryNote';
export { FileProblems } from './FileProblems';
