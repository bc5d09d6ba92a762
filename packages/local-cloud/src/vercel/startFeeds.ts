import type { VercelSide } from '../context';
import type { Gateway, GatewayDeployment } from '../gateway';
import type { DrainFeed } from './drains/DrainFeed';
import type { DrainSender } from './drains/DrainSender';
import type { UsageMeter } from './metering/UsageMeter';

/** Longest wait for open requests before what was served is counted. */
const SETTLE_MILLIS = 2_000;

/** What the requests and the processes of deployments are told to. */
export interface Feeds {
  feed: DrainFeed;
  sender: DrainSender;
  meter: UsageMeter;
}

/** Lets drains and meters hear what the gateway serves. */
export function startFeeds(
  { feed, sender, meter }: Feeds,
  gateway: Gateway<GatewayDeployment>,
): Pick<VercelSide, 'drains' | 'metering'> & { stop(): Promise<void> } {
  gateway.requests.onRequest(request => {
    meter.addRequest(request);
    feed.addRequest(request);
  });
  meter.start();
  feed.start();
  sender.start();
  return {
    drains: {
      flush: async () => {
        await gateway.settle(SETTLE_MILLIS);
        feed.write();
        await sender.sendAll();
      },
    },
    metering: {
      add: usage => meter.add(usage),
      flush: async () => {
        await gateway.settle(SETTLE_MILLIS);
        meter.write();
      },
    },
    stop: async () => {
      meter.stop();
      feed.stop();
      await sender.stop();
    },
  };
}
