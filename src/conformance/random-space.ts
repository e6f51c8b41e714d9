/** Search spaces for conformance suites: one of every kind, and any number of random ones. */
import type { RandomSource } from "../optimizer/math/random-source.ts";
import type {
  FloatParameter,
  IntParameter,
  Parameter,
  ParameterValue,
  SearchSpace,
} from "../optimizer/search-space.ts";
import { between, oneOf } from "./rounds.ts";

export function float(name: string, change: Partial<FloatParameter> = {}): FloatParameter {
  return { kind: "float", name, unit: "", low: 0, high: 1, log: false, step: null, ...change };
}

export function int(name: string, change: Partial<IntParameter> = {}): IntParameter {
  return { kind: "int", name, unit: "", low: 1, high: 6, log: false, step: 1, ...change };
}

function choice(name: string, choices: readonly ParameterValue[]): Parameter {
  return { kind: "categorical", name, unit: "", choices };
}

/** Small spaces by what is special about them. */
export const SPACES_BY_KIND: Readonly<Record<string, SearchSpace>> = {
  "one float": { parameters: [float("a")] },
  floats: { parameters: [float("a"), float("b", { low: -3, high: -1 }), float("c", { high: 1e-9 })] },
  "floats on a logarithmic scale": {
    parameters: [
      float("a", { low: 0.8, high: 5, log: true }),
      float("b", { low: 1e-9, high: 1e9, log: true }),
    ],
  },
  // 0.3 is no multiple of 0.1 in binary, and 0.1 no multiple of 0.03.
  "floats with a step": {
    parameters: [float("a", { high: 0.3, step: 0.1 }), float("b", { low: -0.1, high: 0, step: 0.03 })],
  },
  ints: {
    parameters: [int("a"), int("b", { low: -7, high: 9, step: 5 }), int("c", { high: 40, log: true })],
  },
  constants: { parameters: [int("a", { low: 3, high: 3 }), choice("b", ["only"]), float("c")] },
  "nothing but constants": { parameters: [int("a", { low: 3, high: 3 }), choice("b", [null])] },
  "categories of every type": {
    parameters: [choice("a", ["trot", "bound", ""]), choice("b", [null, true, false, 0, 1.5, "0", "null"])],
  },
  "conditional parameters": {
    parameters: [
      choice("gait", ["trot", "bound", "walk"]),
      float("phase", { when: { parameter: "gait", in: ["bound", "walk"] } }),
      int("feet", { when: { parameter: "gait", in: ["walk"] } }),
      float("lift", { step: 0.25, when: { parameter: "feet", in: [1, 2] } }),
    ],
  },
  "a bit of everything": {
    parameters: [
      float("length", { low: 0.01, high: 0.08 }),
      float("frequency", { low: 0.8, high: 5, log: true }),
      int("level"),
      choice("pattern", ["trot", "pace"]),
      float("lift", { high: 0.05, step: 0.01, when: { parameter: "pattern", in: ["trot"] } }),
    ],
  },
};

const VALUES: readonly ParameterValue[] = ["trot", "pace", "", "0", "ä ß", true, false, null, 0, 1.5, -2];

/** One to five parameters, some of which exist only under a value of an earlier one, itself perhaps conditional. */
export function randomSpace(source: RandomSource): SearchSpace {
  const parameters: Parameter[] = [];
  const count = 1 + source.integer(5);
  for (let i = 0; i < count; i++) {
    const drawn = oneOf(source, DRAWS)(`p${i}`, source);
    const parents = parameters.filter(({ kind }) => kind !== "float");
    if (parents.length === 0 || source.uniform() < 0.5) parameters.push(drawn);
    else parameters.push({ ...drawn, when: randomCondition(oneOf(source, parents), source) });
  }
  return { parameters };
}

type Draw = (name: string, source: RandomSource) => Parameter;
const DRAWS: readonly Draw[] = [randomFloat, randomFloat, randomFloat, randomInt, randomInt, randomChoice];

function randomFloat(name: string, source: RandomSource): Parameter {
  const scale = oneOf(source, ["linear", "log", "step"]);
  const width = 10 ** between(source, -3, 3);
  const start = between(source, -1000, 1000);
  const low = scale === "log" ? Math.abs(start) + 1e-3 : start;
  const step = scale === "step" ? width / (1 + source.integer(12)) : null;
  return float(name, {
    ...{ low, high: low + width, log: scale === "log", step },
    ...(source.integer(3) === 0 ? { lengthscale: width * 10 ** between(source, -3, 3) } : {}),
  });
}

function randomInt(name: string, source: RandomSource): Parameter {
  const log = source.integer(2) === 0;
  const start = source.integer(101) - 50;
  const low = log ? Math.abs(start) + 1 : start;
  const step = log ? 1 : 1 + source.integer(5);
  return int(name, { low, high: low + step * source.integer(31), log, step });
}

function randomChoice(name: string, source: RandomSource): Parameter {
  const order = source.permutation(VALUES.length);
  return choice(
    name,
    [...order.subarray(0, 1 + source.integer(4))].map((i) => VALUES[i]!),
  );
}

function randomCondition(parent: Parameter, source: RandomSource): NonNullable<Parameter["when"]> {
  const values = parent.kind === "categorical" ? parent.choices : [Number(parent.low), Number(parent.high)];
  const some = values.filter(() => source.uniform() < 0.5);
  return { parameter: parent.name, in: some.length > 0 ? some : [values[0]!] };
}
