// Runs in the page: what is wrong with it for people who do not see it, see it badly or use the keyboard alone. See ../accessibility.ts.
(() => {
  const faults = [];
  const tell = (element) => element.outerHTML.slice(0, 100);
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });

  const read = (text) => {
    const [r = 0, g = 0, b = 0, a = 1] = (/\(([^)]*)\)/.exec(text)?.[1] ?? "").split(/[,/\s]+/).filter((part) => part !== "").map(Number);
    return [r, g, b, a];
  };
  const over = ([r, g, b, a], below) => [r * a + below[0] * (1 - a), g * a + below[1] * (1 - a), b * a + below[2] * (1 - a), 1];
  const ground = (element) => {
    if (element === null) return [255, 255, 255, 1];
    const color = read(getComputedStyle(element).backgroundColor);
    return color[3] === 1 ? color : over(color, ground(element.parentElement));
  };
  const light = (color) => {
    const [r = 0, g = 0, b = 0] = color.slice(0, 3).map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

  const nameOf = (element) => {
    const labels = [...element.labels ?? []];
    return (element.getAttribute("aria-label") ?? [...labels, ...(labels.length === 0 ? [element] : [])].map((label) => label.textContent).join(" ")).trim();
  };
  for (const control of document.querySelectorAll("input, textarea, select")) {
    if (isShown(control) && (control.getAttribute("aria-label") ?? "") === "" && (control.labels?.length ?? 0) === 0) faults.push(`no label: ${tell(control)}`);
  }
  for (const control of document.querySelectorAll("button, a[href], input")) if (isShown(control) && nameOf(control) === "") faults.push(`no name: ${tell(control)}`);
  for (const control of document.querySelectorAll("[aria-describedby]")) {
    for (const id of (control.getAttribute("aria-describedby") ?? "").split(" ")) if (document.getElementById(id) === null) faults.push(`described by nothing: ${tell(control)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`id twice: ${id}`);
  if (document.documentElement.lang === "") faults.push("no language");
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  if ([...document.querySelectorAll("h1")].filter(isShown).length !== 1) faults.push("not one h1");
  if (document.querySelector("[role=status]") === null || document.querySelector("[role=alert]") === null) faults.push("no live regions");

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let checked = 0;
  while (walker.nextNode() !== null) {
    const element = walker.currentNode.parentElement;
    if (element === null || (walker.currentNode.textContent ?? "").trim() === "" || !isShown(element) || element.closest("script, noscript, option, .hidden, .skip") !== null) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const found = contrast(over(read(style.color), ground(element)), ground(element));
    checked += 1;
    if (found < wanted) faults.push(`contrast ${found.toFixed(2)}: ${tell(element)}`);
  }
  for (const control of document.querySelectorAll("input, textarea, select, button")) {
    if (!isShown(control) || control.closest(".hidden") !== null) continue;
    const found = contrast(read(getComputedStyle(control).borderTopColor), ground(control.parentElement));
    if (found < 3) faults.push(`border's contrast ${found.toFixed(2)}: ${tell(control)}`);
  }
  if (checked === 0) faults.push("no text was looked at");
  return faults;
})();
