import type { ModelFault } from "../errors/classes";

/** Collects what is wrong while a model is built, so that one error can report everything. */
export interface FaultList {
  add(entity: string, property: string | undefined, words: readonly [fault: string, remedy: string]): void;
  readonly found: readonly ModelFault[];
}

export function faultList(): FaultList {
  const found: ModelFault[] = [];
  return {
    found,
    add: (entity, property, [fault, remedy]) => {
      found.push(Object.freeze({ entity, property, fault, remedy }));
    },
  };
}
