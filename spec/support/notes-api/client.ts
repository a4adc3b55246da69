/** What JSON.parse gives: specs look into it without describing it first. */
export type Json = ReturnType<typeof JSON.parse>;

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  readonly headers: Headers;
  json(): Json;
}

export interface Sending {
  /** A value that is sent as JSON. */
  readonly json?: unknown;
  /** A text that is sent as it is. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who speaks to the service over HTTP, with one cookie. Each answer goes to `watch`. */
export class Client {
  cookie: string | null = null;
  readonly #url: string;
  readonly #watch: (answer: Answer, request: string) => void;

  constructor(url: string, watch: (answer: Answer, request: string) => void = () => undefined) {
    this.#url = url;
    this.#watch = watch;
  }

  async send(method: string, path: string, { json, raw, headers = {} }: Sending = {}): Promise<Answer> {
    const body = raw ?? (json === undefined ? undefined : JSON.stringify(json));
    const response = await fetch(`${this.#url}${path}`, {
      method, redirect: "manual",
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }), ...(this.cookie === null ? {} : { cookie: this.cookie }), ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const answer = { status: response.status, text, type: response.headers.get("content-type") ?? "", headers: response.headers, json: () => JSON.parse(text) as unknown };
    const [setCookie] = response.headers.getSetCookie();
    if (setCookie !== undefined) this.cookie = setCookie.split(";", 1)[0] ?? null;
    this.#watch(answer, `${method} ${path}`);
    return answer;
  }

  /** As `send`, for what must succeed. */
  async ok(method: string, path: string, sending?: Sending): Promise<Json> {
    const answer = await this.send(method, path, sending);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text === "" || !answer.type.startsWith("application/json") ? answer.text : answer.json();
  }

  async signUp(login: string): Promise<Json> {
    return this.ok("POST", "/api/sign-up", { json: { login, password: "a long password", name: login } });
  }
}
