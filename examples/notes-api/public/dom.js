/**
 * Makes an element. Texts become text nodes, never markup: a note that holds <script> shows just that.
 * Properties that begin with "on" are listeners, all others attributes.
 */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Says something to everybody, those who listen too. The other region falls silent: one thing at a time. */
export function say(text, { alert = false } = {}) {
  byId("status").textContent = alert ? "" : text;
  byId("alert").textContent = alert ? text : "";
}

/** Shows a view: its heading gets the focus, so that keyboard and screen reader go on from there. */
export function show(title, ...children) {
  const heading = el("h1", { tabindex: "-1" }, title);
  document.title = `${title} · Notes`;
  byId("main").replaceChildren(...placeHeading(heading, children));
  heading.focus();
}

function placeHeading(heading, [first, ...rest]) {
  const slot = first?.querySelector?.("[data-heading]");
  if (slot === null || slot === undefined) return [heading, first, ...rest].filter((child) => child instanceof Node);
  slot.replaceWith(heading);
  return [first, ...rest].filter((child) => child instanceof Node);
}

/** A labelled field with room for what is wrong with it. */
export function field(label, control, hint) {
  const id = control.id;
  const described = [`${id}-fault`, ...(hint === undefined ? [] : [`${id}-hint`])];
  control.setAttribute("aria-describedby", described.join(" "));
  return el("div", {}, el("label", { for: id }, label), control,
    hint === undefined ? null : el("p", { class: "hint", id: `${id}-hint` }, hint), el("p", { class: "fault", id: `${id}-fault`, hidden: true }));
}

/** Shows faults at their fields, and puts the focus on the first. */
export function showFaults(form, faults) {
  for (const control of form.elements) {
    const place = byId(`${control.id}-fault`);
    if (place === null) continue;
    const fault = faults.find(({ field: name }) => name.replace(/\[.*$/, "") === control.name);
    control.toggleAttribute("aria-invalid", fault !== undefined);
    if (fault !== undefined) control.setAttribute("aria-invalid", "true");
    place.textContent = fault === undefined ? "" : `This ${fault.message}.`;
    place.hidden = fault === undefined;
  }
  form.querySelector("[aria-invalid=true]")?.focus();
}

export function moment(text) {
  return el("time", { datetime: text }, new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}
