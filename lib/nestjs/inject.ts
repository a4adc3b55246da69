import { Inject } from "@nestjs/common";
import type { EntityClass } from "../metadata/records";
import { getDatabaseToken, getRepositoryToken } from "./tokens";

/**
 * Injects the repository of an entity that the module names in `forFeature`; for an owned entity an `OwnedRepository`.
 *
 * @example
 * constructor(@InjectRepository(Note) private readonly notes: OwnedRepository<Note>) {}
 * @param name the database's name; default: the one without a name
 * @throws ModelError for anything but a class
 */
export function InjectRepository(entity: EntityClass, name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getRepositoryToken(entity, name));
}

/**
 * Injects the open `Database`.
 *
 * @example
 * constructor(@InjectDatabase() private readonly db: Database) {}
 * @param name the name given to `forRoot`; default: the database without one
 */
export function InjectDatabase(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getDatabaseToken(name));
}
