import { camelCase, freeName, pascalCase, wordsOf } from "./identifiers";
import type { ColumnPlan, Decisions, EntityPlan, RelationPlan } from "./plan";

/** The relations along foreign keys: from the row that refers to the one referred to, and back. */
export function planRelations(plan: EntityPlan, plans: readonly EntityPlan[], decisions: Decisions): readonly RelationPlan[] {
  const taken = new Set(plan.columns.map(({ property }) => property.normalize("NFC").toLowerCase()));
  const free = (wanted: readonly string[]): string => {
    const found = wanted.find((name) => name !== "" && !taken.has(name.normalize("NFC").toLowerCase())) ?? wanted.at(-1) ?? "";
    return freeName(found, "related", taken);
  };
  const forwards = plan.columns.flatMap((column): readonly RelationPlan[] => {
    const { reference, property } = column;
    if (reference === null) return [];
    const name = free([withoutId(property), camelCase(reference.target), `${property}${reference.target}`]);
    return [{ kind: isOne(column) ? "OneToOne" : "ManyToOne", property: name, target: reference.target, by: property, on: side("this", plan, reference.target, plans, property) }];
  });
  const backwards = plans.flatMap((other) => {
    const keys = other.columns.filter(({ reference }) => reference?.target === plan.name);
    return keys.map((column): RelationPlan => {
      const base = camelCase(other.table) || camelCase(other.name);
      const by = pascalCase(withoutId(column.property) || column.property);
      const name = free(keys.length === 1 ? [base, `${base}By${by}`] : [`${base}By${by}`, `${base}By${pascalCase(column.property)}`]);
      return { kind: isOne(column) ? "OneToOne" : "OneToMany", property: name, target: other.name, by: column.property, on: side("target", plan, other.name, plans, column.property) };
    });
  });
  return [...forwards, ...backwards].filter(({ property }) => !decisions.relations.has(`${plan.name}.${property}`));
}

/** `userId` without its last word. */
function withoutId(property: string): string {
  const words = wordsOf(property);
  return words.length > 1 && words.at(-1)?.toLowerCase() === "id" ? camelCase(words.slice(0, -1).join("_")) : "";
}

function isOne({ unique, key }: ColumnPlan): boolean {
  return unique !== null || (key !== null && !key.composite);
}

/** Only where both classes have a foreign key of that name to each other does the side have to be said. */
function side(own: "this" | "target", plan: EntityPlan, target: string, plans: readonly EntityPlan[], by: string): "this" | "target" | null {
  const other = plans.find(({ name }) => name === target);
  const refers = (from: EntityPlan | undefined, to: string): boolean => from?.columns.some(({ property, reference }) => property === by && reference?.target === to) === true;
  return refers(plan, target) && refers(other, plan.name) ? own : null;
}
