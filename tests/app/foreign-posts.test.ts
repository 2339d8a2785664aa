import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuseForeignPosts } from '../../app/foreign-posts.ts';

describe('posts from other sites', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    const app = express();
    app.use(
      refuseForeignPosts({
        registration: 'open',
        origin: 'https://bots.example.org',
        corsOrigins: ['https://desk.example'],
      }),
    );
    app.all('*', (request, response) => response.send(request.headers.host));
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const send = (headers: Record<string, string>, method = 'POST') =>
    fetch(`${url}/bots`, { method, headers });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['nowhere to be named', { origin: 'null' }],
    ['another site that hides its origin', { 'sec-fetch-site': 'cross-site' }],
    ['what is no origin', { origin: '::' }],
  ])('are refused when they come from %s', async (_from, headers) => {
    const response = await send(headers);
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([
    ['come from a configured origin', { origin: 'https://desk.example' }],
    ['carry a token instead of a cookie', { origin: 'https://evil.example', authorization: 'Bearer abt_x' }],
    ['come from no browser', {}],
  ])('pass when they %s', async (_why, headers) => {
    expect((await send(headers)).status).toBe(200);
  });

  it('pass when only read', async () => {
    expect((await send({ origin: 'https://evil.example' }, 'GET')).status).toBe(200);
  });

  it('of the public origin are shown to Remix with the public host', async () => {
    const response = await send({ origin: 'https://bots.example.org' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('bots.example.org');
  });

  it('of this host pass as they are', async () => {
    expect(await (await send({ origin: url })).text()).toBe(new URL(url).host);
  });
});
