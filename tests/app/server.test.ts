import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closeWebServer, createWebServer } from '../../app/server.ts';
import { createLog } from '../../jobs/log.ts';
import { createMetrics } from '../../jobs/metrics.ts';

let server: Server;
afterEach(() => closeWebServer(server, 0));

async function serve(env: { ORIGIN?: string; METRICS_TOKEN?: string } = {}, delayMs = 0): Promise<string> {
  server = createWebServer({
    env: { ORIGIN: env.ORIGIN, METRICS_TOKEN: env.METRICS_TOKEN },
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    health: {
      version: '0',
      uptimeS: () => 1,
      database: () => new Promise((resolve) => setTimeout(resolve, delayMs)),
      jobsLagS: () => Promise.resolve(0),
      isRunningJobs: true,
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('web server of a process that runs jobs only', () => {
  it('serves /health, and 404 for all else', async () => {
    const url = await serve();
    expect((await fetch(`${url}/health`)).status).toBe(200);
    for (const path of ['/', '/login', '/bot/list/1', '/assets/x.js']) {
      const response = await fetch(url + path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('counts the event loop and the trade at /metrics', async () => {
    const text = await (await fetch(`${await serve()}/metrics`)).text();
    for (const name of ['nodejs_eventloop_lag_seconds', 'ticks_total', 'orders_total', 'queue_jobs_total']) {
      expect(text).toContain(name);
    }
  });

  it('asks for the metrics token where there is one', async () => {
    const url = await serve({ METRICS_TOKEN: 'a token of some length' });
    const statusWith = async (authorization?: string) =>
      (await fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } }))
        .status;
    expect(await statusWith()).toBe(401);
    expect(await statusWith('Bearer a token of some other')).toBe(401);
    expect(await statusWith('Bearer a token of some length')).toBe(200);
  });

  it('lets no other site frame it, no foreign script run, and speaks of TLS behind TLS alone', async () => {
    const plain = await fetch(`${await serve()}/health`);
    const policy = plain.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}'/);
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(plain.headers.has('strict-transport-security')).toBe(false);
    await closeWebServer(server, 0);
    const tls = await fetch(`${await serve({ ORIGIN: 'https://bots.example.com' })}/health`);
    expect(tls.headers.has('strict-transport-security')).toBe(true);
  });

  it('finishes a running request when it closes, and does not wait for idle connections', async () => {
    const url = await serve({}, 300);
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<number | undefined>((resolve, reject) => {
      get(`${url}/health`, { agent }, (response: IncomingMessage) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    await once(server, 'request');
    const began = performance.now();
    await closeWebServer(server, 10_000);
    expect(await answer).toBe(200);
    expect(performance.now() - began).toBeLessThan(3_000);
    agent.destroy();
  });
});
