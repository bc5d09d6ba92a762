import { IncomingMessage } from 'node:http';
import { isLoopbackAddress } from '../config';

function hostName(header: string): string {
  const bare = header.trim().toLowerCase();
  if (bare.startsWith('[')) {
    return bare.slice(1, bare.indexOf(']'));
  }
  return bare.replace(/:\d+$/, '');
}

/** Tells whether a Host header names this machine, so that a rebound DNS name is refused. */
export function isLoopbackHost(header: string | undefined): boolean {
  if (!header) {
    return false;
  }
  const name = hostName(header);
  return isLoopbackAddress(name) || name.endsWith('.localhost');
}

/** Tells whether the other end of the connection is on this machine. */
export function isLoopbackPeer(request: IncomingMessage): boolean {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return isLoopbackAddress(address);
}
