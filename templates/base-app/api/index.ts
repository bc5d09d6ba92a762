import { createApp } from '../src/app.js';

const app = createApp();

export default { fetch: (request: Request) => app.fetch(request) };
