import "reflect-metadata";
import type { AnyClass, ColumnType } from "./records";

/**
 * What reflection knows of a property's type. `unknown` stands for `Object` (a union, an interface, a type
 * import under isolatedModules), `absent` for a tool that emitted no types at all (esbuild, tsx).
 */
export type DesignType =
  | { readonly kind: "column"; readonly type: ColumnType }
  | { readonly kind: "class"; readonly name: string }
  | { readonly kind: "array" }
  | { readonly kind: "unknown" }
  | { readonly kind: "absent" };

const NO_CLASSES = new Set<unknown>([Object, Array, String, Number, Boolean, BigInt, Symbol, Function, Promise, Map, Set, Buffer, Uint8Array]);

/** The class of a property, `Date` among them, where a decorator made the compiler tell; null for all else. */
export function designClass(owner: AnyClass, property: string): AnyClass | null {
  const type: unknown = Reflect.getMetadata("design:type", owner.prototype as object, property);
  return typeof type !== "function" || NO_CLASSES.has(type) ? null : type as AnyClass;
}

/** Reads `design:type`; no other file does. */
export function designType(owner: AnyClass, property: string): DesignType {
  const type: unknown = Reflect.getOwnMetadata("design:type", owner.prototype as object, property);
  switch (type) {
    case undefined: return { kind: "absent" };
    case Number: return { kind: "column", type: "integer" };
    case String: return { kind: "column", type: "text" };
    case Boolean: return { kind: "column", type: "boolean" };
    case Date: return { kind: "column", type: "datetime" };
    case BigInt: return { kind: "column", type: "bigint" };
    case Buffer: case Uint8Array: return { kind: "column", type: "blob" };
    case Array: return { kind: "array" };
    case Object: return { kind: "unknown" };
    default: return typeof type === "function" ? { kind: "class", name: type.name } : { kind: "unknown" };
  }
}
