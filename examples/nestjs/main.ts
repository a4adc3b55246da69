import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module";

/** Starts the service on PORT (3000), with its notes in the file FREEHOLD_NOTES_FILE or else in memory. */
async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });
  app.enableShutdownHooks(["SIGTERM", "SIGINT"], { useProcessExit: true });
  await app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
  console.log(`listening on ${await app.getUrl()}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
