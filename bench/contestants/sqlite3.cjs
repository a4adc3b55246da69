"use strict";

// The repository's own copy: MikroORM brings an older one, which npm puts where the others would find it.
module.exports = require("../../node_modules/sqlite3");
