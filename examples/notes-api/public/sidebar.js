import { call } from "./api.js";
import { byId, el, say } from "./dom.js";

/** Notebooks, tags, the trash, and the way out for one's data. */
export async function showSidebar(app) {
  const [notebooks, tags] = await Promise.all([call("GET", "/notebooks"), call("GET", "/tags")]);
  app.notebooks = notebooks.items;
  byId("side").replaceChildren(
    el("ul", {}, link("#/", "All notes"), link("#/trash", "Trash")),
    el("h2", {}, "Notebooks"),
    el("ul", { id: "notebooks" }, ...app.notebooks.map((notebook) => notebookItem(app, notebook))),
    newNotebook(app),
    tags.items.length === 0 ? "" : el("h2", {}, "Tags"),
    el("ul", {}, ...tags.items.map(({ name, notes }) => link(`#/tag/${encodeURIComponent(name)}`, name, notes))),
    el("h2", {}, "Your data"),
    transfer(app));
  byId("side").hidden = false;
  mark();
}

/** Which of the links is where we are. */
export function mark() {
  for (const item of byId("side").querySelectorAll("a[href]")) {
    if (item.getAttribute("href") === (location.hash || "#/")) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
}

function link(href, text, count) {
  return el("li", {}, el("a", { href }, text, count === undefined ? null : el("span", { class: "count" }, String(count), el("span", { class: "hidden" }, " notes"))));
}

function notebookItem(app, { notebookId, name, notes }) {
  const item = link(`#/notebook/${notebookId}`, name, notes);
  if (notes > 0) return item;
  item.append(el("button", {
    class: "small", type: "button", "aria-label": `Delete the notebook ${name}`,
    onclick: () => app.attempt(async () => {
      await call("DELETE", `/notebooks/${notebookId}`);
      await showSidebar(app);
      byId("new-notebook").focus();
      say(`The notebook ${name} is deleted.`);
    }),
  }, "×"));
  return item;
}

function newNotebook(app) {
  const input = el("input", { id: "new-notebook", name: "name", required: true, maxlength: 80, placeholder: "New notebook" });
  const form = el("form", {}, el("label", { class: "hidden", for: "new-notebook" }, "Name of a new notebook"), input, el("button", { "aria-label": "Make the notebook" }, "+"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void app.attempt(async () => {
      const notebook = await call("POST", "/notebooks", { name: input.value });
      await showSidebar(app);
      byId("new-notebook").focus();
      say(`The notebook ${notebook.name} is made.`);
    });
  });
  return form;
}

function transfer(app) {
  const file = el("input", { type: "file", id: "import", class: "hidden", accept: ".ndjson,application/x-ndjson", onchange: (event) => app.attempt(async () => {
    const [chosen] = event.target.files;
    if (chosen === undefined) return;
    const { notes } = await call("POST", "/import", await chosen.text(), "application/x-ndjson");
    await app.refresh();
    say(`${notes} notes are imported.`);
  }) });
  return el("p", { class: "row" }, el("a", { class: "button", href: "/api/export", download: "notes.ndjson" }, "Export"),
    file, el("label", { class: "button", for: "import" }, "Import"));
}
