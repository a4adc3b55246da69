"use strict";

// In place of class-validator where its cost is to be left out: decorators that do nothing.

module.exports = new Proxy({}, { get: (_, name) => (name === "__esModule" ? undefined : () => () => undefined) });
