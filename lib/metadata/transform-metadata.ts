import { TransformationType } from "class-transformer";
import { defaultMetadataStorage } from "class-transformer/cjs/storage";
import { designClass } from "./design-type";
import type { AnyClass } from "./records";

/** What class-transformer's decorators say of one property. */
export interface TransformedProperty {
  /** The class under `@Type()`; without one, that of the property itself where reflection tells it; or null. */
  readonly type: AnyClass | null;
  /** Whether `@Type()` is all that is said: no `@Transform`, `@Exclude` or discriminator, no Map or Set. */
  readonly plain: boolean;
}

/** The property of a class under its name in documents, which `@Expose({ name })` may change. */
export function propertyNamed(type: AnyClass, name: string): string {
  const exposed = defaultMetadataStorage.findExposeMetadataByCustomName(type, name) as { readonly propertyName?: string } | undefined;
  return exposed?.propertyName ?? name;
}

/** The name of a property in documents. */
export function nameInDocument(type: AnyClass, property: string): string {
  const exposed = defaultMetadataStorage.findExposeMetadata(type, property) as { readonly options?: { readonly name?: string } } | undefined;
  return exposed?.options?.name ?? property;
}

/** Reads class-transformer's own records, which it keeps in a store that it exports under no shorter name (0.5.1, pinned). */
export function transformedProperty(type: AnyClass, property: string): TransformedProperty {
  const found = defaultMetadataStorage.findTypeMetadata(type, property) as ReturnType<typeof defaultMetadataStorage.findTypeMetadata> | undefined;
  const changed = [TransformationType.CLASS_TO_PLAIN, TransformationType.PLAIN_TO_CLASS]
    .some((way) => defaultMetadataStorage.findTransformMetadatas(type, property, way).length > 0);
  const excluded = (defaultMetadataStorage.findExcludeMetadata(type, property) as unknown) !== undefined;
  const exposed = (defaultMetadataStorage.findExposeMetadata(type, property) as unknown) !== undefined;
  const given: unknown = found?.typeFunction?.({ newObject: {}, object: {}, property });
  const collection = found?.reflectedType === Map || found?.reflectedType === Set;
  return {
    type: typeof given === "function" ? given as AnyClass : found === undefined ? designClass(type, property) : null,
    plain: !changed && !excluded && !collection && found?.options?.discriminator === undefined
      && (defaultMetadataStorage.getStrategy(type) !== "excludeAll" || exposed),
  };
}

/** Whether class-transformer may add properties of a class to what it is given. */
export function exposes(type: AnyClass): boolean {
  return defaultMetadataStorage.getExposedMetadatas(type).length > 0;
}
