import type { EventEmitter } from "node:events";

/** The part of the npm package `pg` that the driver uses. */
export interface PgModule {
  readonly Pool: new (options: Readonly<Record<string, unknown>>) => PgPool;
  readonly Client: new (options: Readonly<Record<string, unknown>>) => PgClient;
  readonly Connection: new (options: Readonly<Record<string, unknown>>) => PgProtocol;
}

export interface PgPool extends EventEmitter {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  connect(): Promise<PgPooledClient>;
  end(): Promise<void>;
}

export interface PgClient extends EventEmitter {
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
  readonly ssl: boolean | object;
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: PgProtocol;
  query(submittable: Submittable): void;
}

export interface PgPooledClient extends PgClient {
  release(destroy?: boolean): void;
}

/** The messages of the protocol, as the package writes them. */
export interface PgProtocol extends EventEmitter {
  readonly stream: { cork(): void; uncork(): void; destroy(error?: Error): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  query(text: string): void;
  parse(message: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void;
  bind(message: { readonly portal: string; readonly statement: string; readonly values: readonly (string | Buffer | null)[] }): void;
  describe(message: { readonly type: "P" | "S"; readonly name: string }): void;
  execute(message: { readonly portal: string; readonly rows: number }): void;
  close(message: { readonly type: "P" | "S"; readonly name: string }): void;
  sendCopyFail(why: string): void;
  sync(): void;
}

/** What a client runs besides its own queries: it writes messages when its turn comes, and is handed the answers. */
export interface Submittable {
  submit(connection: PgProtocol): void;
  handleRowDescription(message: { readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[] }): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleEmptyQuery(): void;
  handlePortalSuspended(): void;
  handleCopyInResponse(connection: PgProtocol): void;
  handleCopyData(): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

export const PACKAGE = { driver: "postgres", name: "pg", version: "8" } as const;
