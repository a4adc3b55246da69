"use strict";

/** Results as plain objects, lists and dates, whatever classes they were. */
function toPlain(value) {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(toPlain);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toPlain(inner)]));
}

module.exports = { toPlain };
