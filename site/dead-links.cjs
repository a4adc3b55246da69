"use strict";

const fs = require("node:fs");
const path = require("node:path");

/** Links inside a built site that lead to no page, file or anchor, as `page: link`. VitePress itself looks at no anchors. */
function deadLinks(folder) {
  const html = fs.readdirSync(folder, { recursive: true }).map((name) => name.split(path.sep).join("/")).filter((name) => name.endsWith(".html"));
  const texts = new Map(html.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));
  const anchors = new Map([...texts].map(([name, text]) => [name, new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => decode(id)))]));
  const faults = [];
  for (const [page, text] of texts) {
    for (const [, written] of text.matchAll(/<(?:a|img|link|script)\b[^>]*?\s(?:href|src)="([^"]*)"/g)) {
      const target = decode(written);
      if (/^(https?:|mailto:|data:|javascript:)/.test(target) || target === "") continue;
      const [file, anchor] = target.split("#");
      const found = file === "" ? page : pageOf(folder, decodeURI(file.startsWith("/") ? file.slice(1) : path.posix.join(path.posix.dirname(page), file)), texts);
      if (found === null) faults.push(`${page}: ${target}`);
      else if (anchor !== undefined && anchor !== "" && anchors.has(found) && !anchors.get(found).has(decodeURIComponent(anchor))) faults.push(`${page}: ${target}`);
    }
  }
  return [...new Set(faults)];
}

function pageOf(folder, file, texts) {
  const candidates = [file, `${file}.html`, path.posix.join(file, "index.html")];
  const page = candidates.find((name) => texts.has(name));
  if (page !== undefined) return page;
  const there = path.join(folder, file);
  return fs.existsSync(there) && fs.statSync(there).isFile() ? file : null;
}

function decode(text) {
  return text.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#39;", "'");
}

module.exports = { deadLinks };
