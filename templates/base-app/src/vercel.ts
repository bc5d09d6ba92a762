// The application as one Vercel function, which api/index.js hands on.
import { createApp } from './app.js';
import { createDependencies } from './dependencies.js';
import { readSettings } from './settings.js';

const app = createApp(createDependencies(readSettings(process.env)));

export default { fetch: (request: Request) => app.fetch(request) };
