import type { PgClient, PgModule } from "./pg-package";

/** How long a server may take to stop a statement before its connection is given up. */
const GRACE_MS = 5_000;

/**
 * Asks the server, on a connection of its own, to stop what another one runs. A server that does not hear of it loses the connection:
 * its caller must not wait for ever.
 *
 * @returns ends the waiting, once the statement has an answer
 */
export function cancelRunning(pg: PgModule, client: PgClient): () => void {
  const { host, port, ssl, processID, secretKey } = client;
  const grace = setTimeout(() => client.connection.stream.destroy(), GRACE_MS);
  if (processID !== null && secretKey !== null) {
    const request = new pg.Connection({ ssl });
    request.on("error", () => request.stream.destroy());
    request.on("connect", () => {
      if (ssl === false) request.cancel(processID, secretKey);
      else request.requestSsl();
    });
    request.on("sslconnect", () => request.cancel(processID, secretKey));
    if (host.startsWith("/")) request.connect(`${host}/.s.PGSQL.${port}`);
    else request.connect(port, host);
  }
  return () => clearTimeout(grace);
}
