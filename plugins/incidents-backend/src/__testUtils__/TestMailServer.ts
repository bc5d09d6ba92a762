import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A message as it came over the wire, decoded as far as tests ask for it. */
export interface ReceivedMail {
  to: string[];
  subject: string;
  /** Both alternatives, plain and HTML, as one text. */
  text: string;
}

const CLOSING = 221;
const END_OF_DATA = '.';

/**
 * Receives mail over SMTP (RFC 5321: EHLO, MAIL, RCPT, DATA, RSET, QUIT) without
 * encryption and without sending anything on.
 */
export class TestMailServer {
  readonly mails: ReceivedMail[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer(socket => {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    this.#converse(socket);
  });

  async listen(): Promise<number> {
    await new Promise<void>(resolve => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  #converse(socket: Socket): void {
    let to: string[] = [];
    let data: string[] | undefined;
    const reply = (code: number, text: string) =>
      socket.write(`${code} ${text}\r\n`);
    reply(220, 'test');
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', line => {
      if (data && line !== END_OF_DATA) {
        data.push(line.replace(/^\.\./, '.'));
        return;
      }
      if (data) {
        this.mails.push(decode(to, data));
        [to, data] = [[], undefined];
        reply(250, 'taken');
        return;
      }
      const [verb] = line.toUpperCase().split(' ');
      if (verb === 'RCPT') to.push(/<(.*)>/.exec(line)![1]);
      if (verb === 'DATA') data = [];
      if (verb === 'RSET') to = [];
      reply({ DATA: 354, QUIT: CLOSING }[verb] ?? 250, 'go on');
      if (verb === 'QUIT') socket.end();
    });
  }
}

function decode(to: string[], lines: string[]): ReceivedMail {
  const raw = lines.join('\r\n');
  return {
    to,
    subject: /^Subject: (.*(?:\r\n[ \t].*)*)/m
      .exec(raw)![1]
      .replace(/\r\n/g, ''),
    // Quoted-printable, RFC 2045: soft line breaks and octets in hexadecimal.
    text: raw
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
  };
}
