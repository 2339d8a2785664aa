import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export type Mail = { from: string; to: string; data: string };

export type SmtpSink = {
  url: string;
  mails: Mail[];
  /** The next recipients get this status instead of being taken. */
  refuseWith: (status: number | undefined) => void;
  stop(): Promise<void>;
};

/** A mail server that keeps what it is given: enough of RFC 5321 for a client that sends. */
export async function startSmtpSink(): Promise<SmtpSink> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  let refusal: number | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    converse(socket, { keep: (mail) => mails.push(mail), refusal: () => refusal });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${String(port)}?from=bots@example.org`,
    mails,
    refuseWith: (status) => {
      refusal = status;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

type Keeper = { keep: (mail: Mail) => void; refusal: () => number | undefined };

function converse(socket: Socket, { keep, refusal }: Keeper): void {
  let text = '';
  let mail: Mail | undefined;
  let isData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const answer = (line: string) => {
    const [verb = ''] = line.toUpperCase().split(/[ :]/);
    if (verb === 'EHLO' || verb === 'HELO') say('250 sink');
    else if (verb === 'MAIL') {
      mail = { from: line, to: '', data: '' };
      say('250 ok');
    } else if (verb === 'RCPT') {
      const status = refusal();
      if (mail) mail.to = line;
      say(status === undefined ? '250 ok' : `${String(status)} no`);
    } else if (verb === 'DATA') {
      isData = true;
      say('354 go on');
    } else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else say('250 ok');
  };
  const takeData = (line: string) => {
    if (line !== '.') {
      if (mail) mail.data += `${line}\n`;
      return;
    }
    isData = false;
    if (mail) keep(mail);
    say('250 kept');
  };
  say('220 sink');
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      if (isData) takeData(line);
      else answer(line);
    }
  });
}
