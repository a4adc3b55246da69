import { call } from "./api.js";
import { el, field, say, show, showFaults } from "./dom.js";

/** Writes a new note, or changes one. What was typed is lost by no error: not by a conflict, not offline, not when the session ends. */
export async function showEditor(app, noteId, notebook) {
  if (app.notebooks.length === 0) {
    show("New note", el("p", {}, "Make a notebook first: a note is always in one."));
    return;
  }
  const note = noteId === null ? { notebookId: notebook ?? app.notebooks[0].notebookId, title: "", body: "", tags: [] } : await call("GET", `/notes/${noteId}`);
  const editor = new Editor(app, note);
  show(noteId === null ? "New note" : "Edit note", editor.form);
  editor.title.focus();
}

class Editor {
  constructor(app, note) {
    this.app = app;
    this.note = note;
    this.title = el("input", { id: "title", name: "title", required: true, maxlength: 200 });
    this.notebook = el("select", { id: "notebook", name: "notebookId" }, ...app.notebooks.map(({ notebookId, name }) => el("option", { value: notebookId }, name)));
    this.tags = el("input", { id: "tags", name: "tags", maxlength: 500 });
    this.body = el("textarea", { id: "body", name: "body", maxlength: 20000 });
    this.conflict = el("div", {});
    this.form = el("form", { class: "sheet" },
      el("span", { "data-heading": true }), this.conflict,
      field("Title", this.title),
      el("div", { class: "fields" }, field("Notebook", this.notebook), field("Tags", this.tags, "With commas between them.")),
      field("Text", this.body),
      el("p", { class: "row" }, el("button", { class: "main" }, "Save"), el("a", { class: "button", href: "#/" }, "Back to all notes"),
        note.noteId === undefined ? null : el("button", { type: "button", class: "danger", onclick: () => this.trash() }, "Move to the trash")));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); void this.save(); });
    this.form.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); this.form.requestSubmit(); }
    });
    const draft = app.takeDraft(note.noteId ?? null);
    this.fill(draft?.fields ?? { ...note, tags: note.tags.join(", ") });
    // A draft is a change of the version that it was typed on: what somebody wrote since then is a conflict as before.
    if (draft !== null) this.note = { ...note, version: draft.version };
  }

  fill({ title, notebookId, tags, body }) {
    this.title.value = title;
    this.notebook.value = notebookId;
    this.tags.value = tags;
    this.body.value = body;
  }

  get fields() {
    return {
      title: this.title.value, notebookId: this.notebook.value, body: this.body.value,
      tags: this.tags.value.split(",").map((tag) => tag.trim()).filter((tag) => tag !== ""),
    };
  }

  async save() {
    const { noteId, version } = this.note;
    try {
      this.note = noteId === undefined ? await call("POST", "/notes", this.fields) : await call("PATCH", `/notes/${noteId}`, { ...this.fields, version });
    } catch (error) {
      if (error.status === 401) this.app.keepDraft(noteId ?? null, version, { title: this.title.value, notebookId: this.notebook.value, tags: this.tags.value, body: this.body.value });
      if (error.status === 409 && noteId !== undefined) return this.showConflict();
      showFaults(this.form, error.faults ?? []);
      return this.app.fail(error);
    }
    this.conflict.replaceChildren();
    showFaults(this.form, []);
    // The address of a new note is its own from now on; nothing is read again, the focus stays.
    if (noteId === undefined) history.replaceState(null, "", `#/note/${this.note.noteId}`);
    say("Saved.");
    await this.app.attempt(() => this.app.sidebar());
  }

  /** Somebody else was faster: neither text is thrown away before somebody has decided. */
  showConflict() {
    say("Not saved: this note was changed elsewhere since you opened it.", { alert: true });
    const keep = el("button", { type: "button", onclick: () => this.app.attempt(async () => {
      this.note = await call("GET", `/notes/${this.note.noteId}`);
      await this.save();
    }) }, "Save mine over it");
    const take = el("button", { type: "button", onclick: () => this.app.attempt(async () => {
      this.note = await call("GET", `/notes/${this.note.noteId}`);
      this.fill({ ...this.note, tags: this.note.tags.join(", ") });
      this.conflict.replaceChildren();
      say("This is the other version.");
      this.title.focus();
    }) }, "Take the other version");
    this.conflict.replaceChildren(el("div", { class: "conflict" }, el("p", {}, "Somebody changed this note since you opened it. What you typed is still below."), el("p", { class: "row" }, keep, take)));
    keep.focus();
  }

  trash() {
    return this.app.attempt(async () => {
      await call("DELETE", `/notes/${this.note.noteId}`);
      await this.app.sidebar();
      this.app.go("#/", "The note is in the trash.");
    });
  }
}
