import {
  badActor, contextForged, contextKeyRefused, contextOfNoEntity, contextOfUnstored, contextWithoutKey,
} from "../errors/context-errors";
import { designType } from "../metadata/design-type";
import { lineage, ownRecords } from "../metadata/record-store";
import type { AnyClass, PrimaryKeyOptions } from "../metadata/records";
import { textFault } from "../util/text";
import { canonicalUuid } from "../util/uuid";

/** An owner's key as contexts hold it. */
export type OwnerKey = number | string;

/**
 * What a context can be told besides whose it is.
 *
 * @example
 * const ctx = UserContext.forKey(User, 7, { actor: "support" });
 */
export interface ContextOptions {
  /** Who really acts, such as a support engineer on a user's behalf; for the log. Default: the owner's key. */
  readonly actor?: string | number;
}

const token = Symbol("UserContext");

/**
 * Says in whose name a call on an owned entity is made. It copies the key and never changes.
 *
 * @example
 * const ctx = UserContext.of(alice);
 * const same = UserContext.forKey(User, session.userId);
 */
export class UserContext {
  readonly #owner: AnyClass;
  readonly #key: OwnerKey;
  readonly #actor: string | number;

  private constructor(proof: symbol, owner: AnyClass, key: OwnerKey, options: ContextOptions) {
    if (proof !== token) throw contextForged();
    this.#owner = owner;
    this.#key = key;
    this.#actor = readActor(options) ?? key;
    Object.freeze(this);
  }

  /**
   * The context of a stored owner.
   *
   * @throws ValidationError when it is no owner entity's instance, or not stored yet
   */
  static of(owner: object, options: ContextOptions = {}): UserContext {
    const entity: unknown = typeof owner === "object" && (owner as object | null) !== null ? owner.constructor : undefined;
    if (typeof entity !== "function" || keyOf(entity as AnyClass) === null) throw contextOfNoEntity(owner);
    const key = requireKey(entity as AnyClass);
    const value: unknown = (owner as Record<string, unknown>)[key.property];
    if (value === undefined || value === null) throw contextOfUnstored(entity.name, key.property);
    return new UserContext(token, entity as AnyClass, checkKey(entity as AnyClass, key, value), options);
  }

  /**
   * The context of an owner's key, as a session or a token holds it.
   *
   * @throws ValidationError when the key is not one that the owner entity could have
   */
  static forKey(owner: AnyClass, key: OwnerKey, options: ContextOptions = {}): UserContext {
    if (typeof owner !== "function") throw contextOfNoEntity(owner);
    return new UserContext(token, owner, checkKey(owner, requireKey(owner), key), options);
  }

  /** Whether a value is a real context: a look-alike, or a copy made without the constructor, is none. */
  static is(value: unknown): value is UserContext {
    return typeof value === "object" && value !== null && #key in value;
  }

  /** The owner entity's class. */
  get owner(): AnyClass { return this.#owner; }

  /** The owner's primary key. */
  get key(): OwnerKey { return this.#key; }

  /** Who acts; the owner's key unless said otherwise. */
  get actor(): string | number { return this.#actor; }

  /** What a log shows of it: the owner entity's name, the key, and who acts. */
  toJSON(): object { return { owner: this.#owner.name, key: this.#key, actor: this.#actor }; }
}

/** Read once, so that what was checked is what is kept. */
function readActor(options: ContextOptions): string | number | undefined {
  const actor: unknown = (options as ContextOptions | null)?.actor;
  if (actor === undefined || (typeof actor === "string" && actor !== "") || (typeof actor === "number" && Number.isFinite(actor))) return actor;
  throw badActor(actor);
}

interface OwnerKeyRecord {
  readonly property: string;
  readonly options: PrimaryKeyOptions;
  readonly declaredBy: AnyClass;
}

function requireKey(owner: AnyClass): OwnerKeyRecord {
  const key = keyOf(owner);
  if (key === null) throw contextWithoutKey(owner.name);
  return key;
}

/** The only primary key that decorators recorded on a class, or null. */
function keyOf(owner: AnyClass): OwnerKeyRecord | null {
  const keys = lineage(owner).flatMap((type) => ownRecords(type).properties.flatMap((record) =>
    record.kind === "primaryKey" ? [{ property: record.property, options: record.options, declaredBy: type }] : []));
  const names = new Set(keys.map((key) => key.property));
  return names.size === 1 ? keys.at(-1) ?? null : null;
}

function checkKey(owner: AnyClass, key: OwnerKeyRecord, value: unknown): OwnerKey {
  const refuse = (wanted: string): never => { throw contextKeyRefused(owner.name, key.property, wanted, value); };
  const kind = keyKind(key);
  if (typeof value === "number" && kind !== "string" && kind !== "uuid") {
    return Number.isSafeInteger(value) && value > 0 ? value : refuse("a positive whole number");
  }
  if (typeof value === "string" && kind !== "number") {
    if (value === "" || textFault(value) !== null) return refuse("a non-empty string");
    return kind === "uuid" ? canonicalUuid(value) ?? refuse("a uuid") : value;
  }
  return refuse(kind === "number" ? "a positive whole number" : kind === null ? "a number or a string" : `a ${kind}`);
}

function keyKind({ options, property, declaredBy }: OwnerKeyRecord): "number" | "string" | "uuid" | null {
  if (options.type === "uuid" || (options.generate === "uuid" && options.type === undefined)) return "uuid";
  if (options.type === "integer" || options.generate === "identity") return "number";
  if (options.type !== undefined) return "string";
  const design = designType(declaredBy, property);
  if (design.kind !== "column") return null;
  if (design.type === "integer") return "number";
  return options.generate === "none" ? "string" : "uuid";
}
