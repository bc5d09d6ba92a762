// The application as one Vercel function; vercel.json sends every path here.
import { createApp } from '../src/app.js';
import { createDependencies } from '../src/dependencies.js';
import { readSettings } from '../src/settings.js';

const app = createApp(createDependencies(readSettings(process.env)));

export default { fetch: (request: Request) => app.fetch(request) };
