// Elements, and texts of values. Text from templates and logs is only ever put in as text.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

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

export const shown = (value) => (value === null || value === undefined ? "-" : typeof value === "object" ? "unknown" : String(value));
export const note = (text) => make("span", { class: "note" }, text);
export const row = (...cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** The beginning of a text, with an ellipsis where it is cut. */
export const cut = (text, length) => (text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text);
