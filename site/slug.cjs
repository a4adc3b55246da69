"use strict";

/** The anchor of a heading, as hosts of repositories make it, so that one link works in both places. */
function slugOf(heading) {
  return heading.trim().toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");
}

module.exports = { slugOf };
