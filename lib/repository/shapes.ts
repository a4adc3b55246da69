import type { PropertyModel } from "../model/entity-model";

/** Lists of the model's own come again and again; those made for one call go with it. */
const known = new WeakMap<readonly PropertyModel[], string>();

/** Properties as part of a statement's shape. The list must not change any more. */
export function positions(properties: readonly PropertyModel[]): string {
  if (properties.length === 0) return "";
  let text = known.get(properties);
  if (text === undefined) known.set(properties, text = places(properties));
  return text;
}

/** The same of a list that was made for one call: to remember it would take longer than to read it. */
export function places(properties: readonly PropertyModel[]): string {
  let text = "";
  for (const { position } of properties) text += text === "" ? position : `,${position}`;
  return text;
}
