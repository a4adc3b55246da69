import type { PropertyModel } from "../model/entity-model";
import { holdsInfinity } from "../model/json-value";
import { Undecodable } from "./dialect";

/** An accepted value as JSON text. */
export function encodeJson(value: unknown, property: PropertyModel): string {
  const plain = property.json?.toPlain(value) ?? { value };
  if ("fault" in plain) throw new TypeError(`unchecked JSON: ${plain.fault}`);
  return JSON.stringify(plain.value);
}

/** @throws Undecodable for what is no JSON, and for what the property's class cannot be made of */
export function decodeJson(text: string, property: PropertyModel): unknown {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    throw new Undecodable("holds text that is no JSON");
  }
  if (holdsInfinity(text, plain)) throw new Undecodable("holds a number beyond what JavaScript can hold");
  const outcome = property.json?.fromPlain(plain) ?? { value: plain };
  if ("fault" in outcome) throw new Undecodable(outcome.fault);
  return outcome.value;
}
