import { FreeholdError } from "freehold";
import { buildApp } from "./app";
import { ConfigError, readConfig } from "./config";

/** Starts the service and stops it in good order. */
async function main(): Promise<void> {
  // The database's files are for the service's own user.
  process.umask(0o077);
  const config = readConfig(process.env);
  const app = await buildApp(config);
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // Who asks a second time does not want to wait.
    if (stopping) process.exit(1);
    stopping = true;
    app.log.info({ signal }, "stopping: no new connections, running requests go on to their end");
    app.close().then(() => app.log.info("stopped"), (error: unknown) => {
      app.log.error({ err: error }, "could not stop in good order");
      process.exitCode = 1;
    });
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  const url = await app.listen({ host: config.host, port: config.port }).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  console.log(`Notes: ${url}  (API: ${url}/docs; data in ${config.databaseName})`);
}

main().catch((error: unknown) => {
  // What the environment got wrong, or the database's set-up, is told in words; a trace would only hide them.
  console.error(error instanceof ConfigError || error instanceof FreeholdError ? error.message : error);
  process.exitCode = 1;
});
