import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";

/** scrypt's parameters. They are stored with each hash, so that they can be raised without locking anybody out. */
interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** Makes and checks hashes of passwords, all at one cost. */
export class Passwords {
  readonly #cost: Cost;
  /** What a login is checked against that does not exist: the answer takes as long, and tells nobody who has an account. */
  readonly #nobody: Promise<string>;

  constructor(log2N: number) {
    this.#cost = { log2N, r: 8, p: 3 };
    this.#nobody = this.hash(randomBytes(32).toString("base64"));
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const { log2N, r, p } = this.#cost;
    const key = await derive(password, salt, this.#cost);
    return ["scrypt", log2N, r, p, salt.toString("base64"), key.toString("base64")].join("$");
  }

  /** Whether the password belongs to the hash. Without a hash the work is the same, and the answer no. */
  async matches(password: string, stored: string | null): Promise<boolean> {
    const { cost, salt, key } = parse(stored ?? await this.#nobody);
    const equal = timingSafeEqual(await derive(password, salt, cost), key);
    return equal && stored !== null;
  }

  /** Whether a hash was made at another cost than today's. */
  isOutdated(stored: string): boolean {
    const { cost } = parse(stored);
    return cost.log2N !== this.#cost.log2N || cost.r !== this.#cost.r || cost.p !== this.#cost.p;
  }
}

function derive(password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** log2N;
  // The default limit of 32 MiB is a little less than what N = 2^15 takes.
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    // One text has several Unicode forms; which of them a keyboard sends is none of the user's business.
    scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) => error === null ? resolve(key) : reject(error));
  });
}

function parse(stored: string): { readonly cost: Cost; readonly salt: Buffer; readonly key: Buffer } {
  const [scheme, log2N, r, p, salt, key] = stored.split("$");
  if (scheme !== "scrypt" || salt === undefined || key === undefined) throw new Error("a stored password hash has an unknown form");
  return { cost: { log2N: Number(log2N), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, "base64"), key: Buffer.from(key, "base64") };
}
