export { TakenBackAlert } from './TakenBackAlert';
export { TakenBackLine } from './TakenBackLine';
