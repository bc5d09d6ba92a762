import { GitHubSide, LocalCloudContext, VercelSide } from '../context';
import { FaultBook } from '../http';

/** Starts the Vercel API, the runtime of deployments and the gateway. */
export async function startVercelSide(
  _context: LocalCloudContext,
  _github: GitHubSide,
): Promise<VercelSide> {
  return {
    url: '',
    gatewayUrl: '',
    faults: new FaultBook(),
    stop: async () => {},
  };
}
