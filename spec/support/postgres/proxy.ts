import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A network between a client and its server, that can be broken in more ways than a real one likes to show. */
export interface Proxy {
  /** The same address, by way of the proxy. */
  readonly url: string;
  /** From now on nothing comes through, and nobody is told. */
  freeze(): void;
  /** The same from the next message with these words on, which is the last that the server gets. */
  freezeAfter(words: string): void;
  /**
   * Hands the next message with these words to the server, and cuts the connection before its answer; as a pooler that lost its
   * server does, with an error of its own where one is given.
   */
  cutAfter(words: string, code?: string): void;
  /** Lets requests to cancel through only after so many milliseconds. */
  holdBack(ms: number): void;
  /** Writes other words of the same length in the place of some that the server says. */
  translate(from: string, to: string): void;
  stop(): Promise<void>;
}

/** An ErrorResponse of the protocol that ends the connection. */
function fatal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mserver conn crashed?\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** A CancelRequest: 16 bytes, with a number of its own. */
function isCancel(data: Buffer): boolean {
  return data.length === 16 && data.readInt32BE(4) === 80_877_102;
}

function translated(data: Buffer, translation: readonly [from: Buffer, to: Buffer] | undefined): Buffer {
  if (translation === undefined || !data.includes(translation[0])) return data;
  const copy = Buffer.from(data);
  for (let at = copy.indexOf(translation[0]); at >= 0; at = copy.indexOf(translation[0], at)) translation[1].copy(copy, at);
  return copy;
}

/** Starts a proxy before the server of a connection string; the spec stops it. */
export async function startProxy(target: string): Promise<Proxy> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  let words: string | undefined;
  let lastCode: string | undefined;
  let lastWords: string | undefined;
  let cancelDelay = 0;
  let translation: readonly [from: Buffer, to: Buffer] | undefined;
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
        if (from === client && cancelDelay > 0 && isCancel(data)) setTimeout(() => to.write(data), cancelDelay);
        else to.write(from === upstream ? translated(data, translation) : data);
        if (lastWords !== undefined && from === client && data.includes(lastWords)) frozen = true;
        if (from !== client || words === undefined || !data.includes(words)) return;
        words = undefined;
        cut = true;
        // The server gets the time to do what it was told.
        setTimeout(() => {
          if (lastCode === undefined) client.destroy();
          else client.end(fatal(lastCode));
        }, 200);
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
    holdBack: (ms) => { cancelDelay = ms; },
    translate: (from, to) => { translation = [Buffer.from(from), Buffer.from(to)]; },
    freezeAfter: (text) => { lastWords = text; },
    cutAfter: (text, code) => {
      words = text;
      lastCode = code;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
}
