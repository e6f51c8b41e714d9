/**
 * What an expression in a study file may say: arithmetic on the names it is given and nothing else. The expression is parsed
 * by mathjs; the tree is then held against an allow list, because mathjs itself can define functions and reach into objects.
 */
import type { MathNode } from "mathjs";
import { nearestName } from "../config/nearest-name.ts";
import { type ErrorCode, fail } from "../errors.ts";

/** What a kind of expression is about. */
export interface Vocabulary {
  /** What the expression is called: "reward". */
  readonly subject: string;
  /** What its names stand for: "metric". */
  readonly noun: string;
  readonly names: readonly string[];
  /** What it comes to: a comparison is no number. */
  readonly result: Kind;
  /** What is wrong with an expression that uses none of the names. */
  readonly withoutNames: string;
  /** How to write one that comes to the result. */
  readonly resultRemedy: string;
  readonly code: ErrorCode;
  /** File and field that the expression comes from, where known. */
  readonly where: string | null;
}

/** What a part of an expression stands for. */
export type Kind = "number" | "condition";

/** Fewest and most arguments. */
const FUNCTIONS: Readonly<Record<string, readonly [number, number]>> = {
  abs: [1, 1],
  ceil: [1, 1],
  clamp: [3, 3],
  cos: [1, 1],
  exp: [1, 1],
  floor: [1, 1],
  hypot: [1, Number.POSITIVE_INFINITY],
  log: [1, 1],
  log10: [1, 1],
  max: [1, Number.POSITIVE_INFINITY],
  min: [1, Number.POSITIVE_INFINITY],
  pow: [2, 2],
  round: [1, 1],
  sign: [1, 1],
  sin: [1, 1],
  sqrt: [1, 1],
  square: [1, 1],
  tanh: [1, 1],
};
const CONSTANTS = ["pi", "e"];
const ARITHMETIC = new Set(["+", "-", "*", "/", "^"]);
const COMPARISONS = new Set(["<", ">", "<=", ">=", "==", "!="]);
const LOGIC = new Set(["and", "or", "not"]);

/** The parts of mathjs nodes that are looked at; its own types hide `type` behind classes we do not import. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly op?: string;
  readonly implicit?: boolean;
  readonly content?: Node;
  readonly args?: readonly Node[];
  readonly fn?: Node;
  readonly condition?: Node;
  readonly trueExpr?: Node;
  readonly falseExpr?: Node;
}

/**
 * @param text the expression as written, for the column in messages
 * @returns the names it uses, in their order of first use
 * @throws the vocabulary's code
 */
export function checkExpression(tree: MathNode, text: string, vocabulary: Vocabulary): readonly string[] {
  const used = new Set<string>();
  const { subject, noun, result, withoutNames, resultRemedy, code, where } = vocabulary;
  expect(result, tree as unknown as Node, { text, used, vocabulary }, resultRemedy);
  if (used.size === 0)
    fail(code, {
      what: `the ${subject} "${text}" uses no ${noun}: ${withoutNames}`,
      ...(where === null ? {} : { where }),
      remedy: knownNames(vocabulary),
    });
  return [...used];
}

interface Check {
  readonly text: string;
  readonly used: Set<string>;
  readonly vocabulary: Vocabulary;
}

const CHOICE_REMEDY = "Write `condition ? value : other value`.";

function expect(kind: Kind, node: Node | undefined, check: Check, remedy = CHOICE_REMEDY): void {
  if (node === undefined || kindOf(node, check) === kind) return;
  const what = kind === "number" ? "a comparison is used as a number" : "a number is used as a condition";
  refuse(check, what, node.op ?? null, remedy);
}

function kindOf(node: Node, check: Check): Kind {
  switch (node.type) {
    case "ConstantNode":
      if (typeof node.value === "number" && Number.isFinite(node.value)) return "number";
      return refuse(check, `${typeof node.value === "string" ? "a text" : node.value} is not a number`, null);
    case "SymbolNode":
      return symbol(node.name ?? "", check);
    case "ParenthesisNode":
      return node.content === undefined ? "number" : kindOf(node.content, check);
    case "OperatorNode":
      return operator(node, check);
    case "ConditionalNode":
      expect("condition", node.condition, check);
      expect("number", node.trueExpr, check);
      expect("number", node.falseExpr, check);
      return "number";
    case "FunctionNode":
      return call(node, check);
    default: {
      const [mark, words] = FORBIDDEN[node.type] ?? [null, "this is not arithmetic"];
      return refuse(check, words, mark);
    }
  }
}

function symbol(name: string, check: Check): Kind {
  if (check.vocabulary.names.includes(name)) check.used.add(name);
  else if (!CONSTANTS.includes(name)) unknownName(name, check);
  return "number";
}

function operator(node: Node, check: Check): Kind {
  const { op = "", args = [], implicit } = node;
  if (implicit === true) return refuse(check, `an operator is missing in "${shown(node)}"`, null);
  const operand: Kind | null = LOGIC.has(op)
    ? "condition"
    : ARITHMETIC.has(op) || COMPARISONS.has(op)
      ? "number"
      : null;
  if (operand === null) return refuse(check, `the operator ${op} is not allowed`, op);
  for (const arg of args) expect(operand, arg, check);
  return ARITHMETIC.has(op) ? "number" : "condition";
}

function call(node: Node, check: Check): Kind {
  const { args = [], fn } = node;
  const name = fn?.type === "SymbolNode" ? (fn.name ?? "") : "";
  const arity = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (arity === undefined) return unknownName(name === "" ? shown(node) : name, check);
  const [fewest, most] = arity;
  if (args.length < fewest || args.length > most) {
    const wanted = fewest === most ? `${fewest}` : `at least ${fewest}`;
    return refuse(
      check,
      `${name} takes ${wanted} argument${wanted === "1" ? "" : "s"}, not ${args.length}`,
      name,
    );
  }
  for (const arg of args) expect("number", arg, check);
  return "number";
}

/** What mathjs can do beyond arithmetic: where it shows in the text, and what to call it. */
const FORBIDDEN: Readonly<Record<string, readonly [mark: RegExp | string, words: string]>> = {
  AccessorNode: [/(?<=[A-Za-z_]\w*|[)\]])\s*(?:\?\.|\.|\[)/u, "reaching into a value is not allowed"],
  ArrayNode: ["[", "lists are not allowed"],
  AssignmentNode: ["=", "assignments are not allowed; compare with =="],
  BlockNode: [";", "only one expression can stand here"],
  FunctionAssignmentNode: ["=", "functions cannot be defined"],
  ObjectNode: ["{", "objects are not allowed"],
  RangeNode: [":", "ranges are not allowed"],
  RelationalNode: [/[<>=]/u, "comparisons cannot be chained: write `a < b and b < c`"],
};

function unknownName(name: string, { text, vocabulary }: Check): never {
  const { noun, names, code } = vocabulary;
  const known = [...names, ...Object.keys(FUNCTIONS), ...CONSTANTS];
  const isFunction = Object.hasOwn(FUNCTIONS, name);
  const near = known.includes(name) ? null : nearestName(name, known);
  const what = isFunction
    ? `"${name}" is a function: write ${name}(…)`
    : names.includes(name)
      ? `"${name}" is a ${noun} and takes no arguments`
      : `there is no ${noun} or function "${name}"`;
  fail(code, {
    what: near === null ? what : `${what}; did you mean "${near}"?`,
    where: place(text, columnOf(text, name), vocabulary),
    remedy: knownNames(vocabulary),
  });
}

function refuse(
  { text, vocabulary }: Check,
  what: string,
  mark: RegExp | string | null,
  remedy = knownNames(vocabulary),
): never {
  const column = mark === null ? null : columnOf(text, mark);
  fail(vocabulary.code, { what, where: place(text, column, vocabulary), remedy });
}

export function knownNames({ noun, names }: Vocabulary): string {
  const functions = Object.keys(FUNCTIONS).join(", ");
  return `Use + - * / ^, comparisons, ? :, parentheses, the ${noun}s ${names.join(", ")}, the functions ${functions}, and pi, e.`;
}

/** @param column from 1, or null where it is not known */
export function place(text: string, column: number | null, { subject, where }: Vocabulary): string {
  const expression = column === null ? `${subject} "${text}"` : `column ${column} of ${subject} "${text}"`;
  return where === null ? expression : `${where}, ${expression}`;
}

/** mathjs nodes do not know where they stood; the first place that reads like it is the one. */
function columnOf(text: string, mark: RegExp | string): number | null {
  const at =
    typeof mark !== "string"
      ? text.search(mark)
      : /^\w+$/u.test(mark)
        ? text.search(new RegExp(`\\b${mark}\\b`, "u"))
        : text.indexOf(mark);
  return at < 0 ? null : at + 1;
}

function shown(node: Node): string {
  return String(node);
}
