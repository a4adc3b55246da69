import { UserInfo } from "../entities/user-info";
import type { AnyClass } from "../metadata/records";

/**
 * Whether a class's name is such as minifiers (one or two letters) and bundlers (`_Note`) make, so that tables and documents need to be told
 * theirs. They make names of ASCII alone; in other scripts two letters are a word, such as 注文.
 */
export function looksMade(name: string): boolean {
  return /^[\w$]{0,2}$/.test(name) || name.startsWith("_");
}

/**
 * Whether a class seems to have lost the name under which it was written. Where Freehold is part of a minified bundle, its own classes tell
 * for certain; a bundle that is not minified gives some of them a number, and that says nothing of others.
 */
export function nameLost(type: AnyClass): boolean {
  return looksMade(type.name) || !UserInfo.name.startsWith("UserInfo");
}
