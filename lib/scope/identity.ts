import type { DatabaseModel, EntityModel } from "../model/entity-model";
import { unscoped, type Scope } from "./access";
import { SystemContext } from "./system-context";

/** In whose name a statement runs, in terms that a database can check for itself. */
export interface Identity {
  readonly system: boolean;
  /** Every setting that may hold an owner's key, with the key of the owner in whose name it is; the others are empty. */
  readonly settings: readonly (readonly [name: string, key: string])[];
}

/** The names of settings that hold the owner's key, by owner entity: `freehold.user_id` for keys of `User`. */
export function ownerSettings(model: Pick<DatabaseModel, "entities" | "byName">): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const taken = new Set<string>();
  const names = new Set(model.entities.flatMap(({ ownership }) => ownership === null ? [] : [ownership.ownerEntity]));
  for (const name of [...names].sort()) {
    const owner = model.byName[name];
    if (owner === undefined) continue;
    const wanted = settingOf(owner);
    let setting = wanted;
    for (let count = 2; taken.has(setting); count++) setting = `${wanted}_${count}`;
    taken.add(setting);
    settings.set(name, setting);
  }
  return settings;
}

/** Letters, digits and underscores: the database takes no others in a setting's name. */
function settingOf({ table, primaryKey }: EntityModel): string {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_");
  const [owner, key] = [plain(table), plain(primaryKey.properties[0]?.column ?? "id")];
  return `freehold.${key.startsWith(`${owner}_`) ? key : `${owner}_${key}`}`;
}

/** Makes identities of scopes. */
export class Identities {
  readonly #settings: readonly string[];
  readonly #byClass = new Map<object, string>();
  readonly #nobody: Identity;
  readonly #system: Identity;

  constructor(model: DatabaseModel) {
    const settings = ownerSettings(model);
    this.#settings = Object.freeze([...settings.values()]);
    for (const { ownership } of model.entities) {
      const setting = ownership === null ? undefined : settings.get(ownership.ownerEntity);
      if (ownership !== null && setting !== undefined) this.#byClass.set(ownership.ownerClass, setting);
    }
    this.#nobody = this.#identity(false);
    this.#system = this.#identity(true);
  }

  /** A context of an owner entity that owns nothing in this database is nobody. */
  of(scope: Scope): Identity {
    if (scope === unscoped) return this.#nobody;
    if (SystemContext.is(scope)) return this.#system;
    const setting = this.#byClass.get(scope.owner);
    return setting === undefined ? this.#nobody : this.#identity(false, setting, String(scope.key));
  }

  #identity(system: boolean, setting?: string, key = ""): Identity {
    return Object.freeze({ system, settings: this.#settings.map((name) => [name, name === setting ? key : ""] as const) });
  }
}
