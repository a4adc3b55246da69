import { recordProperty } from "../metadata/record-store";
import type { HookEvent } from "../metadata/records";

type HookDecorator = (prototype: object, method: string, descriptor: TypedPropertyDescriptor<() => void> | TypedPropertyDescriptor<() => Promise<void>>) => void;

function hook(event: HookEvent): HookDecorator {
  return (prototype, method) => recordProperty(prototype, Object.freeze({ kind: "hook", property: method, event }));
}

/**
 * Marks a method that is called before an entity is inserted, by `insert`, `save` and `upsert` and their list forms. `this` is a copy of
 * what was given: what the method sets is checked and stored. It may be async; if it throws, nothing is written.
 *
 * @example
 * class Document { @BeforeInsert() trim(): void { this.title = this.title.trim(); } }
 */
export function BeforeInsert(): HookDecorator { return hook("beforeInsert"); }

/**
 * Marks a method that is called before `save` updates a row; `this` is a copy of what was given. `update(where)` loads no entity and
 * calls none.
 *
 * @example
 * class Document { @BeforeUpdate() trim(): void { this.title = this.title.trim(); } }
 */
export function BeforeUpdate(): HookDecorator { return hook("beforeUpdate"); }

/**
 * Marks a method that is called before `remove` deletes a row, softly or for good; if it throws, the row stays. `delete(where)` loads no
 * entity and calls none.
 *
 * @example
 * class Document { @BeforeDelete() refuse(): void { if (this.signed) throw new Error("signed documents stay"); } }
 */
export function BeforeDelete(): HookDecorator { return hook("beforeDelete"); }

/**
 * Marks a method that is called on each entity that was made of a row, before its relations are loaded. It must not be async. Properties
 * that a `select` leaves out are unset.
 *
 * @example
 * class Person { @AfterLoad() join(): void { this.fullName = `${this.first} ${this.last}`; } }
 */
export function AfterLoad(): HookDecorator { return hook("afterLoad"); }
