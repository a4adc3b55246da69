import { UserInfo } from "../entities/user-info";
import type { AnyClass } from "../metadata/records";

/**
 * Whether a class has lost the name under which it was written, which tables and documents would then go by: minifiers leave one or two
 * letters, and where Freehold is part of their bundle, its own classes tell for certain.
 */
export function nameLost(type: AnyClass): boolean {
  return type.name.length <= 2 || UserInfo.name !== "UserInfo";
}
