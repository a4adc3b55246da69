import type { ConcreteClass } from "../metadata/records";
import type { PropertyModel } from "../model/entity-model";

const FIRST_MOMENT = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A value for a property that a row needs and nobody gave: the same for the same number, another one for another, where the type has so many. */
export function derivedValue(property: PropertyModel, n: number): unknown {
  switch (property.type) {
    case "integer": return n;
    case "bigint": return BigInt(n);
    case "real": return n + 0.5;
    case "decimal": return decimal(property, n);
    case "boolean": return false;
    case "text": return text(property, n);
    case "uuid": return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
    case "blob": return Buffer.from(`${property.name} ${n}`);
    case "datetime": return new Date(FIRST_MOMENT + n * MINUTE_MS);
    case "date": return new Date(FIRST_MOMENT + (n % 10_000) * DAY_MS).toISOString().slice(0, 10);
    case "json": return json(property);
    case "enum": return property.values?.[0];
  }
}

function text({ name, length }: PropertyModel, n: number): string {
  const value = /e_?mail/i.test(name) ? `${name}${n}@example.org` : /ur[li]$/i.test(name) ? `https://example.org/${n}` : `${name} ${n}`;
  // The end is what differs.
  return length === null || value.length <= length ? value : value.slice(-length);
}

function decimal({ precision, scale }: PropertyModel, n: number): string {
  const whole = precision === null ? n : n % 10 ** Math.max(precision - (scale ?? 0), 0);
  return scale === null || scale === 0 ? String(whole) : `${whole}.${"0".repeat(scale)}`;
}

/** An empty instance: what else it needs, only the application knows. */
function json({ json: shape }: PropertyModel): unknown {
  return shape?.type === null || shape === null ? {} : new (shape.type as ConcreteClass)();
}
