import { describeValue, listNames } from "../util/describe";
import { MigrationError } from "./classes";

export function changedTogether(table: string): MigrationError {
  return new MigrationError(
    `How the rows of ${table} are spread over partitions is decided when the table is made: no step changes that, nor the name of such a table. `
    + "Write the migration by hand: a new table, a copy of the rows, and the exchange of the two.");
}

export function badRename(text: string): MigrationError {
  return new MigrationError(`${JSON.stringify(text)} is no rename: write Old=New for an entity, Entity.old=Entity.new for a property.`);
}

export function badFill(text: string): MigrationError {
  return new MigrationError(`${JSON.stringify(text)} says no value: write Entity.property=expression, with an expression in SQL.`);
}

export function unknownRename(name: string, where: string): MigrationError {
  return new MigrationError(`There is no ${name} in ${where}: a rename names the old one as the last snapshot has it, and the new one as the model does.`);
}

export function unknownFill(name: string): MigrationError {
  return new MigrationError(
    `Nothing takes a value for ${name}: values are for new properties of entities that there were before, for those that may be null no longer, and for those of another type.`);
}

export function unknownConvert(name: string): MigrationError {
  return new MigrationError(`There are no values of ${name} to convert: a conversion is for a property whose column there was before. A new one takes a value with --fill.`);
}

export function undecided(questions: readonly { readonly kind: string; readonly added: string; readonly candidates: readonly string[] }[]): MigrationError {
  const lines = questions.map(({ added, candidates }) => `- ${added} is new, or it is ${candidates.join(" or ")} under another name (--rename ${candidates[0] ?? ""}=${added}).`);
  return new MigrationError(`It takes somebody to say what was renamed, since a rename keeps the values and nothing else does:\n${lines.join("\n")}\nName the renames, or say --no-renames for none.`);
}

export function otherDialect(what: string, found: string, wanted: string): MigrationError {
  return new MigrationError(`${what} is made for ${found}, and the driver is for ${wanted}: keep a folder of migrations for each.`);
}

export function nothingFound(tables: readonly string[]): MigrationError {
  return new MigrationError(`The database has none of the tables ${listNames(tables)}: there is nothing to start from. freehold migrate create begins with an empty database.`);
}

export function alreadyBegun(folder: string): MigrationError {
  return new MigrationError(`${folder} has a snapshot already: what the database was made of is known. freehold migrate create goes on from there.`);
}

export function badSnapshot(file: string, why: string, cause?: unknown): MigrationError {
  return new MigrationError(`The snapshot ${file} cannot be used: ${why}.`, { cause });
}

export function noFolder(folder: string): MigrationError {
  return new MigrationError(`There is no folder ${folder}: freehold migrate create NAME makes it with the first migration.`);
}

export function twiceNamed(one: string, other: string): MigrationError {
  return new MigrationError(`${one} and ${other} are one migration twice: keep one of the two, such as the compiled files in a folder of their own.`);
}

export function badName(name: string): MigrationError {
  return new MigrationError(`${describeValue(name)} is no name for a migration: say in a few words what it does, such as add_notes.`);
}

export function badFileName(path: string): MigrationError {
  return new MigrationError(`${path} looks like a migration, and its name does not tell when it runs: call it YYYYMMDDhhmmss_name in small letters, digits and _.`);
}

/** A clause for {@link badMigration}. */
export function endsTransaction(word: string): string {
  return `a step says ${word.toUpperCase()}, and would end the transaction in which all of the migration happens or nothing: leave it out`;
}

export function codeEndsTransaction(word: string): MigrationError {
  return new MigrationError(`A migration's code cannot say ${word.toUpperCase()}: it would end the transaction in which all of the migration happens or nothing.`);
}

export function rowsHidden(table: string, cause: unknown): MigrationError {
  return new MigrationError(
    `row-level security hides rows of ${table} from it. Let it see them: "alter table ${table} no force row level security" before it, and the same with "force" after it.`, { cause });
}

export function notApplied(name: string, cause: unknown): MigrationError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MigrationError(`The migration ${name} failed, and nothing of it was done: ${words}`, { cause });
}

export function alreadyThere(path: string): MigrationError {
  return new MigrationError(`${path} is there already.`);
}

export function notLoaded(name: string, path: string, cause: unknown): MigrationError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MigrationError(`The migration ${name} cannot be loaded from ${path}: ${words}`, { cause });
}

export function badMigration(name: string, path: string, why: string): MigrationError {
  return new MigrationError(`${path} is not the migration ${name}: ${why}.`);
}

export function badMigratorOption(option: string, wanted: string, given: unknown): MigrationError {
  return new MigrationError(`The option ${option} of Migrator.open must be ${wanted}, not ${describeValue(given)}.`);
}

export function unknownMigration(name: string, known: readonly string[]): MigrationError {
  return new MigrationError(`There is no migration ${JSON.stringify(name)}: there ${known.length === 0 ? "is none" : `are ${listNames(known)}`}.`);
}

export function missingFiles(names: readonly string[], folder: string): MigrationError {
  return new MigrationError(`The database was changed by ${listNames(names)}, and ${folder} has no such files: bring them back, or take the branch that has them.`);
}

export function changedFiles(names: readonly string[]): MigrationError {
  return new MigrationError(`The files of ${listNames(names)} have changed since they were applied: bring them back as they were, and write another migration for the change.`);
}

export function irreversible(name: string): MigrationError {
  return new MigrationError(`Nothing undoes the migration ${name}: its down is null.`);
}

export function dataLoss(losses: readonly string[]): MigrationError {
  return new MigrationError(`Nothing was done, since data would be lost:\n${losses.map((loss) => `- ${loss}`).join("\n")}\nMake a backup, and allow it (--allow-data-loss, or allowDataLoss: true) if that is meant.`);
}

export function stepFailed(name: string, step: number, text: string, cause: unknown): MigrationError {
  const [first = ""] = text.trim().split("\n");
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MigrationError(`Step ${step} of the migration ${name} failed, and nothing of the migration was done: ${first} — ${words}`, { cause });
}

export function danglingReferences(name: string, references: readonly string[]): MigrationError {
  return new MigrationError(`The migration ${name} would leave references that point nowhere, and was not applied:\n${references.map((reference) => `- ${reference}`).join("\n")}`);
}

export function vanished(name: string, object: string, cause: unknown): MigrationError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new MigrationError(
    `The migration ${name} was not applied, since something beside the model would not fit the new tables: ${object} (${words}). Drop it in the migration, or make it anew there.`, { cause });
}
