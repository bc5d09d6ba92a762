export { forksPlugin as default } from './plugin';
