/** A value as it travels to an engine: codecs have already encoded it. */
export type SqlValue = null | number | string | Uint8Array;
