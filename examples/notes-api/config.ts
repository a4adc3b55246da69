import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { postgres, sqlite3, type Driver } from "freehold";

/** Everything that the surroundings decide, read once at the start. */
export interface Config {
  readonly driver: Driver;
  /** What is printed of the database: no password is in it. */
  readonly databaseName: string;
  readonly host: string;
  readonly port: number;
  /** What session tokens and cursors are sealed with. */
  readonly secret: string;
  /** Where browsers find the service, when that is not the address that it listens on (a proxy with TLS before it). */
  readonly origin: URL | null;
  /** How often one address may try to log in or sign up in a minute. */
  readonly loginsPerMinute: number;
  /** 2 to this power is scrypt's cost. */
  readonly scryptLog2N: number;
  readonly sessionHours: number;
  readonly logLevel: string;
}

/** Every fault of the environment at once, in words for whoever starts the service. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly faults: readonly string[]) {
    super(`The service cannot start:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  }
}

const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment. @throws ConfigError that lists every fault */
export function readConfig(env: Environment): Config {
  const faults: string[] = [];
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const given = env[name];
    if (given === undefined || given === "") return fallback;
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= least && value <= most) return value;
    faults.push(`${name} is to be a whole number from ${least} to ${most}, not "${given}"`);
    return fallback;
  };
  const port = whole("PORT", 3000, 0, 65_535);
  const loginsPerMinute = whole("NOTES_LOGINS_PER_MINUTE", 20, 1, 1_000_000);
  const scryptLog2N = whole("NOTES_SCRYPT_LOG2N", 15, 10, 20);
  const sessionHours = whole("NOTES_SESSION_HOURS", 12, 1, 24 * 90);
  const logLevel = env["NOTES_LOG_LEVEL"] ?? "info";
  if (!LEVELS.includes(logLevel)) faults.push(`NOTES_LOG_LEVEL is to be one of ${LEVELS.join(", ")}, not "${logLevel}"`);
  const origin = readOrigin(env["NOTES_ORIGIN"], faults);
  const file = resolve(env["NOTES_DB"] ?? "notes.db");
  const database = chooseDatabase(env, file, faults);
  const given = env["NOTES_SECRET"] === "" ? undefined : env["NOTES_SECRET"];
  if (given !== undefined && given.length < 32) faults.push("NOTES_SECRET is to have at least 32 characters, such as: openssl rand -base64 32");
  if (faults.length > 0 || database === null) throw new ConfigError(faults);
  return {
    ...database, host: env["HOST"] ?? "127.0.0.1", port, origin, loginsPerMinute, scryptLog2N, sessionHours, logLevel,
    secret: given ?? keptSecret(`${file}.secret`),
  };
}

function readOrigin(given: string | undefined, faults: string[]): URL | null {
  if (given === undefined || given === "") return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url;
  faults.push(`NOTES_ORIGIN is to be an origin such as https://notes.example.org, not "${given}"`);
  return null;
}

/** A file by default; with FREEHOLD_POSTGRES_URL that server, row-level security and all. No entity, query or route knows which it is. */
function chooseDatabase(env: Environment, file: string, faults: string[]): Pick<Config, "driver" | "databaseName"> | null {
  const connectionString = env["FREEHOLD_POSTGRES_URL"];
  if (connectionString === undefined) return { driver: sqlite3({ file }), databaseName: file };
  if (!/^postgres(ql)?:\/\//.test(connectionString) || !URL.canParse(connectionString)) {
    faults.push("FREEHOLD_POSTGRES_URL is to be an address such as postgres://app:password@localhost/notes");
    return null;
  }
  const rls = env["FREEHOLD_RLS"] !== "0";
  const { host, pathname } = new URL(connectionString);
  return {
    driver: postgres({ connectionString, rls }),
    databaseName: `PostgreSQL ${host}${pathname}${rls ? " with row-level security" : ""}`,
  };
}

/** A secret that is made once and kept beside the database, for its owner's eyes alone: sessions outlive a restart. */
function keptSecret(file: string): string {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // "wx" makes the file or fails: two processes that start together end up with one secret.
    writeFileSync(file, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new ConfigError([`the secret cannot be kept in ${file} (${(error as Error).message}): make the folder writable, or set NOTES_SECRET`]);
    }
  }
  const secret = readFileSync(file, "utf8").trim();
  if (secret.length < 32) throw new ConfigError([`${file} holds no secret of at least 32 characters: delete it, and a new one is made`]);
  return secret;
}
