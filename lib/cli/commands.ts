import type { RegisterCommand } from "./command";
import { doctorCommand } from "./commands/doctor";
import { introspectCommand } from "./commands/introspect";
import { schemaCommands } from "./commands/schema";

/** Every command, in the order in which the help lists them. */
export const commands: readonly RegisterCommand[] = [schemaCommands, introspectCommand, doctorCommand];
