import type { InjectionToken } from "@nestjs/common";
import { notAnEntityClass } from "../errors/nestjs-errors";
import type { EntityClass } from "../metadata/records";

/** The database that has no name of its own. */
export const DEFAULT_DATABASE = "default";

/** Each class has a token of its own for each database: two entities may bear one name. */
const repositoryTokens = new WeakMap<EntityClass, Map<string, symbol>>();

/**
 * What a database is injected by, for `overrideProvider` and `app.get`.
 *
 * @example
 * const db = app.get<Database>(getDatabaseToken());
 * @param name the name given to `forRoot`; default: the database without one
 */
export function getDatabaseToken(name: string = DEFAULT_DATABASE): InjectionToken {
  return `freehold:database:${name}`;
}

/**
 * What a repository is injected by, for `overrideProvider` and `app.get`.
 *
 * @example
 * const notes = app.get<OwnedRepository<Note>>(getRepositoryToken(Note));
 * @param name the database's name; default: the one without a name
 * @throws ModelError for anything but a class
 */
export function getRepositoryToken(entity: EntityClass, name: string = DEFAULT_DATABASE): InjectionToken {
  if (typeof entity !== "function") throw notAnEntityClass("getRepositoryToken", entity);
  const tokens = repositoryTokens.get(entity) ?? new Map<string, symbol>();
  repositoryTokens.set(entity, tokens);
  const token = tokens.get(name) ?? Symbol(`Repository<${entity.name}>${name === DEFAULT_DATABASE ? "" : ` of ${name}`}`);
  tokens.set(name, token);
  return token;
}
