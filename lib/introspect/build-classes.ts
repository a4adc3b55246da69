import { Column } from "../decorators/column";
import { Index, Unique } from "../decorators/constraints";
import { Entity } from "../decorators/entity";
import { Enum } from "../decorators/enum";
import { ForeignKey } from "../decorators/foreign-key";
import { Json } from "../decorators/json";
import { PrimaryKey } from "../decorators/primary-key";
import { ManyToOne, OneToMany, OneToOne } from "../decorators/relations";
import type { AnyClass, ConcreteClass } from "../metadata/records";
import { classMarks, columnMarks, relationMark, type Argument, type Mark } from "./marks";
import type { EntityPlan } from "./plan";

type Decorate = (...args: readonly unknown[]) => (target: object, property?: string) => void;

const DECORATORS = { Column, Entity, Enum, ForeignKey, Index, Json, ManyToOne, OneToMany, OneToOne, PrimaryKey, Unique } as unknown as Readonly<Record<Mark["decorator"], Decorate>>;

/** The classes that the written source will have, so that it is known beforehand whether they fit the database. */
export function buildClasses(plans: readonly EntityPlan[]): readonly ConcreteClass[] {
  const classes = new Map<string, ConcreteClass>(plans.map(({ name }) => {
    const { [name]: made } = { [name]: class {} };
    return [name, made as ConcreteClass];
  }));
  const value = (argument: Argument): unknown => {
    switch (argument.kind) {
      case "literal": return argument.value;
      case "undefined": return undefined;
      case "class": return () => classes.get(argument.entity);
      case "property": return () => [classes.get(argument.entity), argument.property];
    }
  };
  const apply = ({ decorator, args }: Mark, target: object, property?: string): void => DECORATORS[decorator](...args.map(value))(target, property);
  for (const plan of plans) {
    const target = classes.get(plan.name) as AnyClass;
    for (const column of plan.columns) columnMarks(column).forEach((mark) => apply(mark, target.prototype as object, column.property));
    for (const relation of plan.relations) apply(relationMark(relation), target.prototype as object, relation.property);
    // As the compiler runs them: from below.
    [...classMarks(plan)].reverse().forEach((mark) => apply(mark, target));
  }
  return [...classes.values()];
}
