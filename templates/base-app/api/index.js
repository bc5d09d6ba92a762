// Vercel makes a function of this file, after the build command has made the
// bundle; vercel.json sends every path here.
export { default } from '../dist/vercel.js';
