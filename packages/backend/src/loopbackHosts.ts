import { rootHttpRouterServiceFactory } from '@backstage/backend-defaults/rootHttpRouter';

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Answers only to this machine's own names while a guest may come in without
 * an account: a web page that points its own name at 127.0.0.1 gets nothing.
 */
export const loopbackHosts = rootHttpRouterServiceFactory({
  configure({ app, config, applyDefaults }) {
    if (config.getOptionalString('auth.environment') === 'development') {
      app.use((request, response, next) => {
        if (loopback.test(request.headers.host ?? '')) next();
        else response.status(421).json({ error: 'Open it as localhost.' });
      });
    }
    applyDefaults();
  },
});
