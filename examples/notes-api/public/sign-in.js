import { call } from "./api.js";
import { el, field, say, show, showFaults } from "./dom.js";

/** The two forms for whoever is not logged in. `enter` is called with the account. */
export function showSignIn(enter, mode = "log-in") {
  const signUp = mode === "sign-up";
  const name = el("input", { id: "sign-name", name: "name", required: true, maxlength: 80, autocomplete: "name" });
  const login = el("input", { id: "sign-login", name: "login", required: true, minlength: signUp ? 3 : 1, maxlength: 64, autocomplete: "username", autocapitalize: "none", spellcheck: "false" });
  const password = el("input", {
    id: "sign-password", name: "password", type: "password", required: true, minlength: signUp ? 10 : 1, maxlength: 200,
    autocomplete: signUp ? "new-password" : "current-password",
  });
  const form = el("form", { class: "sheet" },
    el("span", { "data-heading": true }),
    signUp ? field("Your name", name) : null,
    field("Login", login, signUp ? "At least 3 characters, without spaces." : undefined),
    field("Password", password, signUp ? "At least 10 characters." : undefined),
    el("p", { class: "row" },
      el("button", { class: "main" }, signUp ? "Sign up" : "Log in"),
      el("button", { type: "button", onclick: () => { say(""); showSignIn(enter, signUp ? "log-in" : "sign-up"); } }, signUp ? "I have an account" : "Make an account")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = { login: login.value, password: password.value, ...(signUp ? { name: name.value } : {}) };
    try {
      const account = await call("POST", `/${mode}`, values);
      say("");
      enter(account);
    } catch (error) {
      say(error.message, { alert: true });
      showFaults(form, error.faults ?? []);
    }
  });
  show(signUp ? "Make an account" : "Log in", form);
  (signUp ? name : login).focus();
}
