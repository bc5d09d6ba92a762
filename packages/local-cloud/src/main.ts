import { readLocalCloudConfig } from './config';
import { startLocalCloud } from './startLocalCloud';

async function main(): Promise<void> {
  const cloud = await startLocalCloud(readLocalCloudConfig());
  let stopping = false;
  const stop = () => {
    if (stopping) {
      return;
    }
    stopping = true;
    cloud.stop().then(
      () => process.exit(0),
      error => {
        process.stderr.write(`local-cloud did not stop cleanly: ${error}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const { github, vercel, gateway } = cloud.urls;
  process.stdout.write(
    `local-cloud ready: github ${github}, vercel ${vercel}, gateway ${gateway}\n`,
  );
}

main().catch(error => {
  process.stderr.write(
    `local-cloud could not start: ${
      error instanceof Error ? error.message : error
    }\n`,
  );
  process.exit(1);
});
