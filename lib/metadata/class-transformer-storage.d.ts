/** class-transformer's store of what its decorators recorded; the package has types for the file, but under another path. */
declare module "class-transformer/cjs/storage" {
  export { defaultMetadataStorage } from "class-transformer/types/storage";
}
