import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A network between a client and its server, that can be broken in more ways than a real one likes to show. */
export interface Proxy {
  /** The same address, by way of the proxy. */
  readonly url: string;
  /** From now on nothing comes through, and nobody is told. */
  freeze(): void;
  /** Hands the next message with these words to the server, and cuts the connection before its answer. */
  cutAfter(words: string): void;
  stop(): Promise<void>;
}

/** Starts a proxy before the server of a connection string; the spec stops it. */
export async function startProxy(target: string): Promise<Proxy> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  let words: string | undefined;
  const listener = createServer((client) => {
    const upstream = connect(Number(url.port || "5432"), url.hostname);
    let cut = false;
    for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(from);
      from.on("error", () => to.destroy()).on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("data", (data) => {
        if (frozen || (cut && from === upstream)) return;
        to.write(data);
        if (from !== client || words === undefined || !data.includes(words)) return;
        words = undefined;
        cut = true;
        // The server gets the time to do what it was told.
        setTimeout(() => client.destroy(), 200);
      });
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const through = new URL(target);
  through.hostname = "127.0.0.1";
  through.port = String((listener.address() as AddressInfo).port);
  return {
    url: through.href,
    freeze: () => { frozen = true; },
    cutAfter: (text) => { words = text; },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
}
