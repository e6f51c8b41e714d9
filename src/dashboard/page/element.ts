/** Building the page's elements. Text is always text, never markup: names and reasons come from files and robots. */

type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** An element with attributes (`null` and `false` leave one out) and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== null));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A small picture from one path in a 16 × 16 box. */
export function icon(path: string, className: string, filled: boolean): SVGElement {
  const picture = document.createElementNS(SVG, "svg");
  setAttributes(picture, { viewBox: "0 0 16 16", class: `icon ${className}`, "aria-hidden": "true" });
  const line = document.createElementNS(SVG, "path");
  setAttributes(line, { d: path, class: filled ? "filled" : "hollow" });
  picture.append(line);
  return picture;
}

function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== false) target.setAttribute(name, value === true ? "" : String(value));
}

/** The element of `index.html` with that id. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}`);
  return found as Kind;
}

/** Writes only what changed, so that screen readers and selections are left in peace. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
