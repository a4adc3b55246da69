import { call } from "./api.js";
import { byId, el, say, show } from "./dom.js";
import { showEditor } from "./editor.js";
import { showList, showTrash } from "./list.js";
import { mark, showSidebar } from "./sidebar.js";
import { showSignIn } from "./sign-in.js";

/** What the views share. */
const app = {
  account: null,
  notebooks: [],
  draft: null,
  onArrival: "",

  /** Keeps what was typed, and of which version, when the session ends; for the same account alone. */
  keepDraft(noteId, version, fields) {
    this.draft = { accountId: this.account?.accountId, noteId, version, fields };
  },

  takeDraft(noteId) {
    const { draft } = this;
    if (draft === null || draft.accountId !== this.account.accountId || draft.noteId !== noteId) return null;
    this.draft = null;
    say("What you had typed is back. It is not saved yet.");
    return draft;
  },

  sidebar: () => showSidebar(app),

  /** Goes to another view, and says something there. */
  go(hash, text) {
    app.onArrival = text;
    location.hash = hash;
  },

  async refresh() {
    await showSidebar(app);
    await route();
  },

  /** Runs something that asks the service, and says what went wrong. */
  async attempt(work) {
    try {
      await work();
    } catch (error) {
      app.fail(error);
    }
  },

  fail(error) {
    if (error.status !== 401) {
      say(error.message, { alert: true });
      return;
    }
    leave();
    say("Your session has ended. Log in again to go on.", { alert: true });
  },
};

function enter(account) {
  app.account = account;
  byId("name").textContent = account.name;
  for (const id of ["who", "search"]) byId(id).hidden = false;
  void app.attempt(app.refresh);
}

/** Nothing of the account stays on the page. */
function leave() {
  for (const id of ["who", "search", "side"]) byId(id).hidden = true;
  byId("side").replaceChildren();
  byId("name").textContent = "";
  byId("q").value = "";
  app.notebooks = [];
  showSignIn(enter);
}

async function route() {
  const [view = "", argument = ""] = location.hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  mark();
  byId("q").value = view === "search" ? argument : "";
  try {
    switch (view) {
      case "": return await showList(app, "All notes", {});
      case "notebook": return await showList(app, app.notebooks.find(({ notebookId }) => notebookId === argument)?.name ?? "Notebook", { notebook: argument });
      case "tag": return await showList(app, `Tagged ${argument}`, { tag: argument });
      case "search": return await showList(app, `Search: ${argument}`, { q: argument });
      case "trash": return await showTrash(app);
      case "new": return await showEditor(app, null, argument === "" ? undefined : argument);
      case "note": return await showEditor(app, argument);
      default: return showNotFound();
    }
  } catch (error) {
    if (error.status !== 404) throw error;
    showNotFound();
  }
}

/** Somebody else's note and none at all look the same here too. */
function showNotFound() {
  show("Not found", el("p", {}, "There is nothing here that you could see."), el("p", {}, el("a", { href: "#/" }, "All notes")));
}

window.addEventListener("hashchange", () => {
  if (byId("who").hidden) return;
  say(app.onArrival);
  app.onArrival = "";
  void app.attempt(route);
});
window.addEventListener("offline", () => say("You are offline. What you write stays here until you save it.", { alert: true }));
window.addEventListener("online", () => say("You are online again."));

byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("main").focus(); });
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = byId("q").value.trim();
  const target = words === "" ? "#/" : `#/search/${encodeURIComponent(words)}`;
  if (location.hash === target) void app.attempt(route);
  else location.hash = target;
});
byId("log-out").addEventListener("click", () => app.attempt(async () => {
  await call("POST", "/log-out");
  app.draft = null;
  app.account = null;
  history.replaceState(null, "", "#/");
  leave();
  say("You are logged out.");
}));

// Who has a session goes on with it.
try {
  enter(await call("GET", "/me"));
} catch (error) {
  showSignIn(enter);
  if (error.status !== 401) say(error.message, { alert: true });
}
