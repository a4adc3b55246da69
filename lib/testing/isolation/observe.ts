import { types } from "node:util";
import { TestSetupError, testSetup } from "../../errors/testing-errors";

/** One value of an answer that has no parts, and where it stands. */
export interface Leaf {
  readonly path: string;
  readonly value: string | number | bigint | boolean | Date | Buffer | null | undefined | Shape;
}

/** What an answer is built of: which kind of thing stands there, and how many parts it has. */
export class Shape {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const MOST_LEAVES = 200_000;
const MOST_ITEMS = 10_000;

/** Everything that can be read from a value: parts, keys, getters, what streams and iterators yield, the bodies of responses, the causes of errors. */
export async function observe(value: unknown, root = "result"): Promise<readonly Leaf[]> {
  const observer = new Observer();
  await observer.visit(value, root);
  return observer.leaves;
}

type Bag = Readonly<Record<PropertyKey, unknown>>;

class Observer {
  readonly leaves: Leaf[] = [];
  readonly #seen = new Map<object, string>();

  async visit(given: unknown, path: string): Promise<void> {
    try {
      await this.#value(isThenable(given) ? await settled(given) : given, path);
    } catch (error) {
      if (error instanceof TestSetupError) throw error;
      // What throws when it is looked at, such as a revoked proxy, shows what it throws.
      await this.visit(new Thrown(error), `${path} (thrown)`);
    }
  }

  async #value(value: unknown, path: string): Promise<void> {
    if (typeof value === "symbol") return this.#add(path, String(value));
    if (typeof value === "function") return this.#parts(value, path, "a function", FUNCTION_PARTS);
    if (typeof value !== "object" || value === null) return this.#add(path, value as Leaf["value"]);
    const known = this.#seen.get(value);
    if (known !== undefined) return this.#shape(path, `the same as ${known}`);
    this.#seen.set(value, path);
    return this.#object(value, path);
  }

  async #object(value: object, path: string): Promise<void> {
    if (types.isDate(value)) return this.#add(path, value);
    if (types.isAnyArrayBuffer(value)) return this.#add(path, Buffer.from(value));
    if (ArrayBuffer.isView(value)) return this.#add(path, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    if (value instanceof Thrown) return this.#error(value.error, path);
    if (types.isNativeError(value)) return this.#error(value, path);
    if (Array.isArray(value)) return this.#items(value, path, `an array of ${value.length}`, value);
    if (types.isMap(value)) return this.#map(value, path);
    if (types.isSet(value)) return this.#items([...value], path, `a set of ${value.size}`, value);
    if (isInjected(value)) return this.#parts({ statusCode: value.statusCode, headers: lasting(value.headers), body: bodyOf(value) }, path, "a response");
    if (isResponse(value)) return this.#response(value, path);
    if (isBlob(value)) return this.#parts({ type: value.type, name: value.name, bytes: await value.arrayBuffer() }, path, "a blob");
    if (isAsyncIterable(value)) return this.#items(await drained(value), path, "a stream");
    if (isIterable(value)) return this.#items(upTo(value), path, "an iterator", value);
    await this.#parts(value, path, nameOf(value), NOTHING);
    if (isText(value)) await this.visit(guarded(() => Reflect.apply(String, undefined, [value])), `${path}["String()"]`);
  }

  /** @param bearer what has the items, and may have properties besides */
  async #items(items: readonly unknown[], path: string, shape: string, bearer?: object): Promise<void> {
    this.#shape(path, shape);
    for (const [index, item] of items.entries()) await this.visit(item, `${path}[${index}]`);
    if (bearer !== undefined) await this.#properties(bearer, path, ITEM_PARTS);
  }

  async #map(map: ReadonlyMap<unknown, unknown>, path: string): Promise<void> {
    this.#shape(path, `a map of ${map.size}`);
    let index = 0;
    for (const [key, item] of map) {
      await this.visit(key, `${path}.keys[${index}]`);
      await this.visit(item, `${path}.values[${index}]`);
      index += 1;
    }
    await this.#properties(map, path, ITEM_PARTS);
  }

  async #response(response: ResponseLike, path: string): Promise<void> {
    const { status, statusText, bodyUsed } = response;
    const read = bodyUsed !== true && typeof response.clone === "function" ? response.clone() as ResponseLike : response;
    const body = bodyUsed === true ? "(read before)" : await read.text();
    await this.#parts({ status, statusText, headers: lasting(Object.fromEntries(response.headers)), body }, path, "a response");
  }

  async #error(error: unknown, path: string): Promise<void> {
    if (typeof error !== "object" || error === null) return this.visit(error, path);
    this.#seen.set(error, path);
    const { name } = error as { readonly name?: unknown };
    await this.visit(name, `${path}.name`);
    await this.#parts(error, path, "an error", ERROR_PARTS);
  }

  async #parts(value: object, path: string, shape: string, without: ReadonlySet<PropertyKey> = NOTHING): Promise<void> {
    this.#shape(path, shape);
    await this.#properties(value, path, without);
  }

  async #properties(value: object, path: string, without: ReadonlySet<PropertyKey>): Promise<void> {
    for (const [key, part] of readable(value, without)) {
      const place = typeof key === "string" && /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${typeof key === "string" ? JSON.stringify(key) : String(key)}]`;
      // A name can be somebody's id or e-mail address, in an object that is used as a map.
      this.#add(`${place} (its name)`, String(key));
      await this.visit(part, place);
    }
  }

  #shape(path: string, text: string): void {
    this.#add(`${path} (its kind)`, new Shape(text));
  }

  #add(path: string, value: Leaf["value"]): void {
    if (this.leaves.length >= MOST_LEAVES) throw testSetup.tooLarge(MOST_LEAVES);
    this.leaves.push({ path, value });
  }
}

/** A value that was thrown, which need not be an error. */
export class Thrown {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

async function settled(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return new Thrown(error);
  }
}

const NOTHING: ReadonlySet<PropertyKey> = new Set();
/** What arrays, maps and sets have besides their items, and is told by their kind. */
const ITEM_PARTS: ReadonlySet<PropertyKey> = new Set(["length", "size"]);
const FUNCTION_PARTS: ReadonlySet<PropertyKey> = new Set(["length", "name", "prototype", "arguments", "caller"]);
/** The stack tells of the code alone; the name stands in the class, where it is no getter. */
const ERROR_PARTS: ReadonlySet<PropertyKey> = new Set(["stack", "name"]);

/** Own properties, hidden ones too, and getters of the classes; what a getter throws is what can be read there. */
function* readable(value: object, without: ReadonlySet<PropertyKey>): Generator<readonly [PropertyKey, unknown]> {
  const items = Array.isArray(value);
  const names = new Set(Reflect.ownKeys(value).filter((key) => !(items && typeof key === "string" && /^\d+$/.test(key))));
  let prototype = Object.getPrototypeOf(value) as object | null;
  for (; prototype !== null && Object.getPrototypeOf(prototype) !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) if (descriptor.get !== undefined) names.add(key);
  }
  for (const name of names) if (!without.has(name)) yield [name, read(value, name)];
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === "function") yield ["toJSON()", guarded(() => toJSON.call(value) as unknown)];
}

function read(value: object, name: PropertyKey): unknown {
  return guarded(() => (value as Bag)[name]);
}

function guarded(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return new Thrown(error);
  }
}

/** The number of items is bounded: a stream need not end. */
async function drained(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  try {
    for await (const item of stream) {
      items.push(item);
      if (items.length >= MOST_ITEMS) break;
    }
  } catch (error) {
    items.push(new Thrown(error));
  }
  return items;
}

function upTo(iterable: Iterable<unknown>): unknown[] {
  const items: unknown[] = [];
  try {
    for (const item of iterable) {
      items.push(item);
      if (items.length >= MOST_ITEMS) break;
    }
  } catch (error) {
    items.push(new Thrown(error));
  }
  return items;
}

/** Whether its class, or it itself, says what it is as a text. */
function isText(value: object): boolean {
  const { toString: text, [Symbol.toPrimitive]: primitive } = value as { readonly toString?: unknown; readonly [Symbol.toPrimitive]?: unknown };
  return (typeof text === "function" && text !== Object.prototype.toString) || typeof primitive === "function";
}

function nameOf(value: object): string {
  const name: unknown = (value.constructor as { readonly name?: unknown } | undefined)?.name;
  return typeof name === "string" ? name : "an object";
}

interface ResponseLike {
  readonly status: number;
  readonly statusText?: unknown;
  readonly bodyUsed?: unknown;
  readonly headers: Iterable<readonly [string, string]>;
  text(): Promise<string>;
  clone?(): unknown;
}

/** A `Response` of fetch. */
function isResponse(value: object): value is ResponseLike {
  const { status, headers, text } = value as { readonly status?: unknown; readonly headers?: unknown; readonly text?: unknown };
  return typeof status === "number" && typeof text === "function" && typeof headers === "object" && headers !== null && isIterable(headers);
}

interface InjectedLike {
  readonly statusCode: number;
  readonly headers: object;
  readonly body?: unknown;
  readonly payload?: unknown;
  readonly text?: unknown;
}

/** What Fastify's `inject`, SuperTest and the like give, which holds the whole request besides. */
function isInjected(value: object): value is InjectedLike {
  const { statusCode, headers, body, payload, text } = value as Partial<InjectedLike>;
  return typeof statusCode === "number" && typeof headers === "object" && headers !== null && [body, payload, text].some((one) => typeof one === "string");
}

/** SuperTest's `body` is what it made of the text. */
function bodyOf({ body, payload, text }: InjectedLike): unknown {
  return typeof text === "string" ? text : body ?? payload;
}

interface BlobLike {
  readonly type: string;
  /** A file's. */
  readonly name?: unknown;
  arrayBuffer(): Promise<ArrayBuffer>;
}

function isBlob(value: object): value is BlobLike {
  const { size, type, arrayBuffer } = value as { readonly size?: unknown; readonly type?: unknown; readonly arrayBuffer?: unknown };
  return typeof size === "number" && typeof type === "string" && typeof arrayBuffer === "function";
}

/** Without the header that says how late it is. */
function lasting(headers: object): object {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "date"));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function";
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof (value as { readonly [Symbol.asyncIterator]?: unknown })[Symbol.asyncIterator] === "function";
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof (value as { readonly [Symbol.iterator]?: unknown })[Symbol.iterator] === "function";
}
