export { ForkAnApplicationButton } from './ForkAnApplicationButton';
