/** Parameters: one tree in ROS 1, those of each node in ROS 2. */
import { isWireObject, WholeFloat, type Wire } from "./wire-json.ts";

export class Parameters {
  /** ROS 1: leaves by their full names. */
  readonly #tree = new Map<string, Wire>();
  /** ROS 2: what each node has declared. */
  readonly #ofNodes = new Map<string, Map<string, Wire>>();

  /** Objects become branches. */
  set(name: string, value: Wire): void {
    this.delete(name);
    if (isWireObject(value))
      for (const [key, item] of Object.entries(value)) this.set(`${trimmed(name)}/${key}`, item as Wire);
    else this.#tree.set(trimmed(name), value);
  }

  /** @returns a value, a branch as an object, or undefined */
  get(name: string): Wire | undefined {
    const leaf = this.#tree.get(trimmed(name));
    if (leaf !== undefined) return leaf;
    const branch: Record<string, Wire> = {};
    for (const key of this.#tree.keys()) {
      if (!key.startsWith(`${trimmed(name)}/`)) continue;
      const [next = ""] = key.slice(trimmed(name).length + 1).split("/");
      branch[next] ??= this.get(`${trimmed(name)}/${next}`)!;
    }
    return Object.keys(branch).length === 0 ? undefined : branch;
  }

  delete(name: string): void {
    const path = trimmed(name);
    for (const key of [...this.#tree.keys()])
      if (key === path || key.startsWith(`${path}/`)) this.#tree.delete(key);
  }

  get names(): readonly string[] {
    return [...this.#tree.keys()];
  }

  declare(node: string, name: string, value: Wire): void {
    const parameters = this.#ofNodes.get(node) ?? new Map<string, Wire>();
    this.#ofNodes.set(node, parameters.set(name, value));
  }

  declared(node: string, name: string): Wire | undefined {
    return this.#ofNodes.get(node)?.get(name);
  }

  /** A node takes no parameter it has not declared, and none of another type. @returns why not, "" when it does */
  refusal(node: string, name: string, value: Wire): string {
    const before = this.declared(node, name);
    if (before === undefined) return `parameter '${name}' has not been declared`;
    if (kindOf(before) === kindOf(value)) return "";
    return `Wrong parameter type, parameter {${name}} is of another type`;
  }

  /** @returns why not, "" when it did */
  setDeclared(node: string, name: string, value: Wire): string {
    const reason = this.refusal(node, name, value);
    if (reason === "") this.#ofNodes.get(node)?.set(name, value);
    return reason;
  }

  /** `node:name` of all that are declared. */
  get declaredNames(): readonly string[] {
    return [...this.#ofNodes].flatMap(([node, parameters]) =>
      [...parameters.keys()].map((name) => `${node}:${name}`),
    );
  }
}

function trimmed(name: string): string {
  const path = name.startsWith("/") ? name : `/${name}`;
  return path === "/" ? "" : path.replace(/\/$/, "");
}

export function kindOf(value: Wire): "bool" | "integer" | "double" | "string" | "list" | "other" {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "double";
  if (value instanceof WholeFloat) return "double";
  return Array.isArray(value) ? "list" : "other";
}

/** As Python's `json.dumps` writes it. */
export function pythonJson(value: Wire): string {
  if (typeof value === "string")
    return JSON.stringify(value).replace(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  if (value instanceof WholeFloat) return pythonFloat(value.value);
  if (typeof value === "number") return Number.isInteger(value) ? `${value}` : pythonFloat(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (!isWireObject(value)) return `${value}`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${pythonJson(key)}: ${pythonJson(item as Wire)}`,
  );
  return `{${entries.join(", ")}}`;
}

function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
  if (size !== 0 && (size >= 1e16 || size < 1e-4))
    return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : `${value}`;
}
