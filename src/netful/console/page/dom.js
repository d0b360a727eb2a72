// Elements, labels in the reader's language, and texts of values. Text from templates and logs is only ever put in as text.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

const words = JSON.parse(byId("words").textContent);

/** A label in the reader's language, with values in place of its braces. */
export function say(text, ...values) {
  let next = 0;
  return (words[text] ?? text).replace(/\{(\d*)\}/g, (_, at) => values[at === "" ? next++ : at]);
}

/** A number with its noun: `one` and `many` are labels. */
export const counted = (count, one, many) => say(count === 1 ? one : many, count);

/** Put the labels of the page's own HTML into the reader's language. */
export function translatePage() {
  for (const element of document.body.querySelectorAll("*")) {
    for (const name of ["aria-label", "placeholder"]) if (element.hasAttribute(name)) element.setAttribute(name, say(element.getAttribute(name)));
    for (const child of element.childNodes) {
      const text = child.nodeType === Node.TEXT_NODE ? child.data.trim() : "";
      if (text) child.data = child.data.replace(text, () => say(text));
    }
  }
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** An element with attributes and children; a child that is no element is text. */
export const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** The same for a picture. */
export const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

export const shown = (value) => (value === null || value === undefined ? "-" : typeof value === "object" ? say("unknown") : String(value));
export const note = (text) => make("span", { class: "note" }, text);
export const row = (...cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));

/** A message with its values, which stand in backticks, as code. */
export const marked = (text) => make("span", {}, ...text.split("`").map((part, n) => (n % 2 ? make("code", {}, part) : part)));

/** The columns of a text: a character of Chinese, Japanese or Korean has two. */
export const columns = (text) => [...text].reduce((sum, one) => sum + (one >= "\u2e80" ? 2 : 1), 0);

/** A text that has room in some columns; it is cut before its last letters, `tail` of them: names often differ at their end. */
export function cut(text, room, tail = Math.floor(room / 3)) {
  if (columns(text) <= room) return text;
  const fits = Math.max(2, Math.floor((room * text.length) / columns(text)));
  const kept = Math.min(tail, fits - 2);
  return `${text.slice(0, fits - 1 - kept)}…${kept ? text.slice(-kept) : ""}`;
}

/** An error as the command line prints it. */
export const complaint = (error) => make(
  "div", { class: "error" },
  make("p", { class: "no" }, error.where ? `${error.where}: ` : null, marked(error.message)),
  error.why ? make("p", {}, marked(error.why)) : null,
  error.hint ? make("p", {}, make("b", {}, say("hint: ")), marked(error.hint)) : null,
);
