import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { createRequestHandler } from '@remix-run/express';
import type { ServerBuild } from '@remix-run/node';
import compression from 'compression';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { Env } from '../jobs/env.ts';
import type { Log } from '../jobs/log.ts';
import type { Metrics } from '../jobs/metrics.ts';
import type { AppContext } from './context.server.ts';
import { refuseForeignPosts } from './foreign-posts.ts';
import { checkHealth, type HealthChecks } from './health.ts';
import { answerJson } from './json-paths.ts';
import { logRequests } from './request-log.ts';

/** What serves pages beside /health and /metrics: the Remix build, or Vite's middleware and a build made on demand. */
export type Pages = {
  build: ServerBuild | (() => Promise<ServerBuild>);
  context: Pick<AppContext, 'deps' | 'settings'>;
  /** Serves scripts and styles in development; the built files are served without it. */
  devMiddleware?: RequestHandler;
};

export type WebServerOptions = {
  env: Pick<Env, 'ORIGIN' | 'METRICS_TOKEN'>;
  log: Log;
  metrics: Metrics;
  health: HealthChecks;
  /** Absent in a process that runs jobs only: everything else is 404 there. */
  pages?: Pages | undefined;
};

declare module '@remix-run/node' {
  interface AppLoadContext {
    cspNonce?: string;
  }
}

const CLIENT_FOLDER = path.resolve('build/client');
const PROXIES = ['loopback', 'linklocal', 'uniquelocal'];
const CLOSE_POLL_MS = 50;

function sendProblem(response: Response, status: number, title: string): void {
  response.status(status).type('application/problem+json');
  response.send(JSON.stringify({ type: 'about:blank', title, status }));
}

function isBehindTls({ ORIGIN }: WebServerOptions['env']): boolean {
  return ORIGIN?.startsWith('https:') === true;
}

const markScripts: RequestHandler = (_request, response, next) => {
  response.locals['cspNonce'] = randomBytes(16).toString('base64');
  next();
};

const scriptNonce = (_request: unknown, response: unknown) =>
  `'nonce-${String((response as Response).locals['cspNonce'])}'`;

function secureHeaders({ isTls, isDev }: { isTls: boolean; isDev: boolean }): RequestHandler {
  const inDev = (...sources: string[]) => (isDev ? sources : []);
  return helmet({
    strictTransportSecurity: isTls,
    // Without a referrer a browser posts forms with `Origin: null`, which no same-origin check can pass.
    referrerPolicy: { policy: 'same-origin' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", scriptNonce],
        styleSrc: ["'self'", ...inDev("'unsafe-inline'")],
        styleSrcAttr: ["'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", ...inDev('ws:')],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(isTls ? { upgradeInsecureRequests: [] } : {}),
      },
    },
  });
}

function isSameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function serveHealth(health: HealthChecks): RequestHandler {
  return (_request, response, next) => {
    checkHealth(health)
      .then(({ httpStatus, body }) => response.status(httpStatus).set('Cache-Control', 'no-store').json(body))
      .catch(next);
  };
}

function serveMetrics(metrics: Metrics, token: string | undefined): RequestHandler {
  return (request, response, next) => {
    if (token !== undefined && !isSameText(request.get('authorization') ?? '', `Bearer ${token}`)) {
      response.set('WWW-Authenticate', 'Bearer');
      sendProblem(response, 401, 'Unauthorized');
      return;
    }
    metrics.registry
      .metrics()
      .then((text) => response.type(metrics.registry.contentType).send(text))
      .catch(next);
  };
}

function servePages(app: Express, pages: Pages, health: HealthChecks): void {
  if (pages.devMiddleware === undefined) {
    const assets = path.join(CLIENT_FOLDER, 'assets');
    app.use('/assets', express.static(assets, { immutable: true, maxAge: '1y', fallthrough: false }));
    app.use(express.static(CLIENT_FOLDER, { maxAge: '1h' }));
  } else {
    app.use(pages.devMiddleware);
  }
  app.use(refuseForeignPosts(pages.context.settings), answerJson);
  const answer = createRequestHandler({
    build: pages.build,
    getLoadContext: (request, response) => ({
      ...pages.context,
      clientIp: request.ip ?? '',
      health: () => checkHealth(health),
      cspNonce: String(response.locals['cspNonce']),
    }),
  });
  app.all('*', (request, response, next) => void answer(request, response, next));
}

function statusOf(error: unknown): number {
  const { status, code } = error as { status?: number; code?: string };
  if (code === 'ERR_INVALID_URL') return 400;
  return status !== undefined && status >= 400 && status < 500 ? status : 500;
}

function answerFaults(log: Log): ErrorRequestHandler {
  // eslint-disable-next-line @typescript-eslint/max-params -- Express knows an error handler by its four parameters
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    if (status === 500)
      log.error({ err: error, method: request.method, path: request.path }, 'request failed');
    sendProblem(response, status, status === 500 ? 'Internal Server Error' : 'Bad Request');
  };
}

/** Returns the HTTP server of this process, not yet listening. */
export function createWebServer({ env, log, metrics, health, pages }: WebServerOptions): Server {
  const app = express();
  const isTls = isBehindTls(env);
  app.disable('x-powered-by');
  if (isTls) app.set('trust proxy', PROXIES);
  app.use(logRequests(log), markScripts, secureHeaders({ isTls, isDev: pages?.devMiddleware !== undefined }));
  app.get('/health', serveHealth(health));
  app.get('/metrics', serveMetrics(metrics, env.METRICS_TOKEN));
  if (pages !== undefined) {
    app.use(compression());
    servePages(app, pages, health);
  }
  app.use((_request, response) => {
    sendProblem(response, 404, 'Not Found');
  });
  app.use(answerFaults(log));
  return createServer(app);
}

/** Takes no new connection, lets running requests finish, and cuts what is left after `graceMs`. */
export function closeWebServer(server: Server, graceMs: number): Promise<void> {
  const closeIdle = setInterval(() => {
    server.closeIdleConnections();
  }, CLOSE_POLL_MS);
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(closeIdle);
      clearTimeout(cut);
      resolve();
    });
  });
}
