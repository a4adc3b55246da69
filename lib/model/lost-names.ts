import { UserInfo } from "../entities/user-info";
import type { AnyClass } from "../metadata/records";

/** Whether a class's name is as short as minifiers leave them, so that tables and documents need to be told theirs. */
export function isShort(name: string): boolean {
  return name.length <= 2;
}

/** Whether a class has lost the name under which it was written. Where Freehold is part of a minified bundle, its own classes tell for certain. */
export function nameLost(type: AnyClass): boolean {
  return isShort(type.name) || UserInfo.name !== "UserInfo";
}
