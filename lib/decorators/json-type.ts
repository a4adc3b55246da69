import { recordClass } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";

/**
 * Names a JSON class in stored documents (as `$type`), so that a property typed by its base class comes back
 * as this class. Only classes listed in `Database.open({ jsonTypes })` are ever built. Default: the class's name.
 *
 * @example
 * @JsonType("profile")
 * class Profile extends UserInfo { name!: string; }
 */
export function JsonType(name: string): (target: AnyClass) => void {
  return (target) => recordClass(target, Object.freeze({ kind: "jsonType", name }));
}
