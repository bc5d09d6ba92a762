export { AboutForkCard } from './AboutForkCard';
