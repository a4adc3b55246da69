import { TransformationType, type ExposeOptions } from "class-transformer";
import { defaultMetadataStorage } from "class-transformer/cjs/storage";
import { designClass } from "./design-type";
import type { AnyClass } from "./records";

/** What class-transformer's decorators say of one property. */
export interface TransformedProperty {
  /** The class under `@Type()`; without one, that of the property itself where reflection tells it; or null. */
  readonly type: AnyClass | null;
  /** Whether `@Type()` and a plain `@Expose()` are all that is said: no `@Transform`, no `@Exclude`, no discriminator, no groups. */
  readonly plain: boolean;
  /** What holds the values under `@Type()`, where that is no array. */
  readonly collection: "map" | "set" | null;
  readonly exposed: boolean;
}

interface Exposed {
  readonly propertyName?: string;
  readonly options?: ExposeOptions;
}

/** Options of `@Expose()` under which a property is there one time and not another. */
const SOMETIMES = ["groups", "since", "until", "toClassOnly", "toPlainOnly"] as const;

/** The property of a class under its name in documents, which `@Expose({ name })` may change. */
export function propertyNamed(type: AnyClass, name: string): string {
  const exposed = defaultMetadataStorage.findExposeMetadataByCustomName(type, name) as Exposed | undefined;
  return exposed?.propertyName ?? name;
}

/** The name of a property in documents. */
export function nameInDocument(type: AnyClass, property: string): string {
  return exposedAs(type, property)?.options?.name ?? property;
}

function exposedAs(type: AnyClass, property: string): Exposed | undefined {
  return defaultMetadataStorage.findExposeMetadata(type, property);
}

/** Reads class-transformer's own records, which it keeps in a store that it exports under no shorter name (0.5.1, pinned). */
export function transformedProperty(type: AnyClass, property: string): TransformedProperty {
  const found = defaultMetadataStorage.findTypeMetadata(type, property) as ReturnType<typeof defaultMetadataStorage.findTypeMetadata> | undefined;
  const changed = [TransformationType.CLASS_TO_PLAIN, TransformationType.PLAIN_TO_CLASS]
    .some((way) => defaultMetadataStorage.findTransformMetadatas(type, property, way).length > 0);
  const excluded = (defaultMetadataStorage.findExcludeMetadata(type, property) as unknown) !== undefined;
  const exposed = exposedAs(type, property);
  const given: unknown = found?.typeFunction?.({ newObject: {}, object: {}, property });
  return {
    type: typeof given === "function" ? given as AnyClass : found === undefined ? designClass(type, property) : null,
    plain: !changed && !excluded && found?.options?.discriminator === undefined
      && !SOMETIMES.some((option) => exposed?.options?.[option] !== undefined)
      && (defaultMetadataStorage.getStrategy(type) !== "excludeAll" || exposed !== undefined),
    collection: found?.reflectedType === Map ? "map" : found?.reflectedType === Set ? "set" : null,
    exposed: exposed !== undefined,
  };
}

/** The properties of a class that documents are to hold even where an instance has none of its own: getters and methods among them. */
export function exposedProperties(type: AnyClass): readonly string[] {
  return defaultMetadataStorage.getExposedProperties(type, TransformationType.CLASS_TO_PLAIN);
}
