import { describeValue } from "../util/describe";
import { ConnectionError, ContextRequiredError, ModelError } from "./classes";

/** What a client without a context is told. */
export const signInFirst = "This needs a user: no context was made for the request.";

/** What a client is told of a property that an entity does not have. */
export const toldUnknown = "does not exist";

/** What a client is told of data that is no object at all. */
export const toldNotData = "has the wrong type";

/** `contextOf` answered with something that is neither a context nor null. */
export function notAUserContext(given: unknown): ContextRequiredError {
  return new ContextRequiredError(
    "contextOf gives a UserContext (from UserContext.of or UserContext.forKey), or null where the request names no user, not "
    + `${describeValue(given)}.`);
}

/** A handler that is to run without a context asks for one. */
export function contextOptedOut(handler: string): ContextRequiredError {
  return new ContextRequiredError(
    `${handler} is marked @WithoutContext() and asks for @CurrentContext(): take one of the two away, or mark it @OptionalContext().`);
}

/** Two databases of one application have a `contextOf` each. */
export function secondContextOf(): ContextRequiredError {
  return new ContextRequiredError(
    "Two calls of FreeholdModule.forRoot have a contextOf, and a request has one context: give it to one of the databases.");
}

/** Two databases of one application have the same name. */
export function databaseNameTaken(name: string): ConnectionError {
  return new ConnectionError(
    `Two calls of FreeholdModule.forRoot are for the ${name === "default" ? "default database" : `database "${name}"`}: give one of them `
    + "another `name`.", { retryable: false });
}

/** An option of the module has a value that it cannot use. */
export function badModuleOption(option: string, expected: string, given: unknown): ConnectionError {
  return new ConnectionError(`FreeholdModule.forRoot({ ${option} }) was given ${describeValue(given)}: expected ${expected}.`, { retryable: false });
}

/** There are no options, or their maker made none. */
export function noModuleOptions(what: string, given: unknown): ConnectionError {
  return new ConnectionError(`${what} ${describeValue(given)}: expected an object of options, with driver and entities.`, { retryable: false });
}

/** `forFeature` takes a list. */
export function notEntityClasses(given: unknown): ModelError {
  const fault = `FreeholdModule.forFeature was given ${describeValue(given)} where a list of entity classes belongs`;
  const remedy = "write forFeature([Note])";
  return new ModelError(`${fault}: ${remedy}.`, [{ entity: "", property: undefined, fault, remedy }]);
}

/** `forRootAsync` does not say where the options come from, or says it twice. */
export function asyncSourceUnclear(): ConnectionError {
  return new ConnectionError("FreeholdModule.forRootAsync needs exactly one of useFactory, useClass and useExisting.", { retryable: false });
}

/** `forFeature` and `@InjectRepository` take classes. */
export function notAnEntityClass(caller: string, given: unknown): ModelError {
  const fault = `${caller} was given ${describeValue(given)} where an entity's class belongs`;
  const remedy = "name the class itself; where two files import each other, the class is undefined when the decorator runs: move it to a file of its own";
  return new ModelError(`${fault}: ${remedy}.`, [{ entity: "", property: undefined, fault, remedy }]);
}
