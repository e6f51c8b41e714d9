/** Whether a text is a well-formed XML document of elements, attributes and text: as much of XML as reports use. */

const TOKEN =
  /<\?xml [^?<>]*\?>|<(?<close>\/)?(?<name>[A-Za-z][\w.-]*)(?<attributes>(?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(?<empty>\/)?>|(?<text>[^<]+)/gy;
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/;
const NO_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** @returns what is wrong, or null */
export function xmlProblem(xml: string): string | null {
  if (NO_CHARACTER.test(xml)) return "it holds a character that XML has not";
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  for (const token of xml.matchAll(TOKEN)) {
    const { close, name, attributes = "", empty, text } = token.groups ?? {};
    at = token.index + token[0].length;
    if (REFERENCE.test(attributes) || REFERENCE.test(text ?? "")) return `a bare & in ${token[0]}`;
    if (text !== undefined && text.trim() !== "" && open.length === 0)
      return `text outside of the root: ${text}`;
    if (name === undefined) continue;
    if (close !== undefined) {
      if (open.pop() !== name) return `</${name}> closes nothing`;
      continue;
    }
    if (open.length === 0 && ++roots > 1) return "a second root";
    if (empty === undefined) open.push(name);
  }
  if (at !== xml.length) return `no XML at ${xml.slice(at, at + 40)}`;
  return open.length > 0 ? `<${open.at(-1)}> is not closed` : roots === 1 ? null : "no root";
}
