import { call, query } from "./api.js";
import { el, moment, say, show } from "./dom.js";

/** A list of notes that grows by pages. `wanted`: notebook, tag or q. */
export async function showList(app, title, wanted) {
  const list = el("ul", { class: "notes" });
  const page = await call("GET", `/notes${query(wanted)}`);
  const start = wanted.notebook === undefined ? "#/new" : `#/new/${wanted.notebook}`;
  show(title, el("div", {},
    el("div", { class: "row top" }, el("span", { "data-heading": true }), el("a", { class: "button main", href: start }, "New note")),
    list, more(app, list, page, (after) => `/notes${query({ ...wanted, after })}`, noteItem)));
  if (page.items.length === 0) list.replaceWith(el("p", {}, wanted.q === undefined ? "There are no notes here yet." : "No note holds all of these words."));
  if (wanted.q !== undefined) say(page.nextCursor !== null ? `More than ${page.items.length} notes found.` : `${page.items.length} found.`);
}

export async function showTrash(app) {
  const list = el("ul", { class: "notes" });
  const page = await call("GET", "/trash");
  const empty = el("button", { type: "button", class: "danger", onclick: () => app.attempt(async () => {
    const { removed } = await call("DELETE", "/trash");
    await app.refresh();
    say(`${removed} notes are deleted for good.`);
  }) }, "Empty the trash");
  show("Trash", el("div", {},
    el("div", { class: "row top" }, el("span", { "data-heading": true }), page.items.length === 0 ? null : empty),
    page.items.length === 0 ? el("p", {}, "The trash is empty.") : list,
    more(app, list, page, (after) => `/trash${query({ after })}`, (note) => trashItem(app, note))));
}

/** Adds a page to a list, and a button for the next one. */
function more(app, list, page, next, item) {
  list.append(...page.items.map(item));
  if (page.nextCursor === null) return null;
  const button = el("button", { type: "button", onclick: () => app.attempt(async () => {
    const first = list.children.length;
    const following = await call("GET", next(page.nextCursor));
    const place = more(app, list, following, next, item);
    button.parentElement.replaceWith(place ?? "");
    list.children[first]?.querySelector("a, button")?.focus();
  }) }, "Show more");
  return el("p", {}, button);
}

function noteItem({ noteId, title, excerpt, tags, updatedAt }) {
  return el("li", {}, el("a", { href: `#/note/${noteId}` }, title), el("p", { class: "excerpt" }, excerpt), facts(tags, updatedAt));
}

function trashItem(app, { noteId, title, tags, deletedAt }) {
  const act = (label, method, path, done) => el("button", { type: "button", class: "small", "aria-label": `${label}: ${title}`, onclick: () => app.attempt(async () => {
    await call(method, path);
    await app.refresh();
    say(done);
  }) }, label);
  return el("li", {}, el("strong", {}, title), facts(tags, deletedAt), el("p", { class: "row" },
    act("Restore", "POST", `/trash/${noteId}/restore`, "The note is back."), act("Delete for good", "DELETE", `/trash/${noteId}`, "The note is gone for good.")));
}

function facts(tags, when) {
  return el("p", { class: "facts" }, moment(when), ...tags.map((tag) => el("span", { class: "tag" }, tag)));
}
