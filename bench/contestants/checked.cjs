"use strict";

// Validation by hand, for contestants that do not validate by themselves: class-validator's fastest way.

let load = () => {
  // Loaded with the first write, so that a process that only reads does not pay for it.
  const { validateSync } = require("class-validator");
  const { DocInput } = require("../.build/doc-input.js");
  load = () => loaded;
  const loaded = { validateSync, DocInput };
  return loaded;
};

/** @throws what class-validator finds wrong with a document that is to be stored */
function checked(data) {
  const { validateSync, DocInput } = load();
  const faults = validateSync(Object.assign(new DocInput(), data), { validationError: { target: false, value: false } });
  if (faults.length > 0) throw new Error(faults.map(String).join("\n"));
  return data;
}

module.exports = { checked };
