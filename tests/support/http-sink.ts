import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Posted = { path: string; headers: IncomingHttpHeaders; body: string };

export type HttpSink = {
  url: string;
  posts: Posted[];
  /** What the next posts are answered with; 200 unless set. */
  answerWith: (status: number, headers?: Record<string, string>) => void;
  stop(): Promise<void>;
};

/** A web server that keeps what is posted to it. */
export async function startHttpSink(): Promise<HttpSink> {
  const posts: Posted[] = [];
  let answer: { status: number; headers: Record<string, string> } = { status: 200, headers: {} };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    posts,
    answerWith: (status, headers = {}) => {
      answer = { status, headers };
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
