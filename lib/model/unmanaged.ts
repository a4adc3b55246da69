import { modelFaults } from "../errors/model-errors";
import type { EntityDraft } from "./draft";
import type { FaultList } from "./faults";

/** What may be in a database and not in the model, as `schema.check()` calls it. */
export const UNMANAGED_KINDS = ["column", "unique", "index", "foreignKey", "check", "trigger", "partition", "rowSecurity", "policy"] as const;

export type UnmanagedKind = (typeof UNMANAGED_KINDS)[number];

/** A kind and a name, as an entry such as `"check positive: price > 0"` has them; null for what is none. */
export function unmanagedEntry(entry: unknown): { readonly kind: UnmanagedKind; readonly name: string } | null {
  const found = typeof entry === "string" ? /^(\w+) (.*)$/s.exec(entry) : null;
  const kind = UNMANAGED_KINDS.find((known) => known === found?.[1]);
  return kind === undefined ? null : { kind, name: found?.[2] ?? "" };
}

export function unmanagedText(kind: UnmanagedKind, name: string): string {
  return `${kind} ${name}`;
}

/** The names of one kind that an entity's table has beside the model. */
export function unmanagedNames(entries: readonly string[], kind: string): readonly string[] {
  return entries.flatMap((entry) => {
    const found = unmanagedEntry(entry);
    return found?.kind === kind ? [found.name] : [];
  });
}

export function unmanagedOf({ name, unmanaged }: EntityDraft, faults: FaultList): readonly string[] {
  for (const entry of unmanaged) {
    if (unmanagedEntry(entry) === null) faults.add(name, undefined, modelFaults.badUnmanaged(entry, UNMANAGED_KINDS));
  }
  return unmanaged;
}
