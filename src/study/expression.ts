/** Expressions from a study file, compiled once by mathjs. */
import { createRequire } from "node:module";
import { fail } from "../errors.ts";
import { checkExpression, knownNames, place, type Vocabulary } from "./expression-grammar.ts";

export interface Expression {
  readonly text: string;
  /** The vocabulary's names that it uses, in their order of first use. */
  readonly names: readonly string[];
  /** @param values at least of the names it uses; a number, or true or false where it is a condition */
  evaluate(values: Readonly<Record<string, number>>): unknown;
}

/**
 * Compiles an expression of numbers, `+ - * / ^`, comparisons, `and or not`, `? :`, parentheses, a fixed set of functions,
 * the vocabulary's names, `pi` and `e`; nothing else.
 *
 * @throws the vocabulary's code, naming the column, the nearest known name and all of them
 */
export async function compileExpression(text: string, vocabulary: Vocabulary): Promise<Expression> {
  // Loading mathjs takes a quarter of a second or more, its ES modules a third: only who has an expression pays for it.
  const { parse } = require("mathjs/number") as typeof import("mathjs");
  const tree = parsed(parse, text, vocabulary);
  const names = checkExpression(tree, text, vocabulary);
  const code = tree.compile();
  return { text, names, evaluate: (values) => code.evaluate({ ...values, clamp }) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

const require = createRequire(import.meta.url);

type MathNode = import("mathjs").MathNode;

function parsed(parse: (text: string) => MathNode, text: string, vocabulary: Vocabulary): MathNode {
  const { subject, code, where } = vocabulary;
  if (text.trim() === "")
    fail(code, {
      what: `the ${subject} expression is empty`,
      ...(where === null ? {} : { where }),
      remedy: knownNames(vocabulary),
    });
  // To mathjs what follows a # is silence, and half an expression is the wrong one.
  const comment = text.indexOf("#");
  if (comment >= 0)
    fail(code, {
      what: `a ${subject} cannot hold a comment`,
      where: place(text, comment + 1, vocabulary),
      remedy: "Put the comment beside the expression, in the study file.",
    });
  try {
    // A line break would end the expression; in a study file it is only white space.
    return parse(text.replace(/[\r\n]/gu, " "));
  } catch (error) {
    // mathjs ends its messages with "(char 7)" and carries the number apart.
    const { message, char } = error as Error & { char?: number };
    return fail(code, {
      what: `the ${subject} is not an expression: ${message.replace(/ \(char \d+\)$/u, "")}`,
      where: place(text, typeof char === "number" ? char : null, vocabulary),
      remedy: knownNames(vocabulary),
      cause: error,
    });
  }
}
