/** Carries out what the config says is to be done to a robot: a service, a message, an action, ROS parameters. */
import { placesIn } from "../../config/message-template.ts";
import type {
  ActionGoal,
  Confirmation,
  Operation,
  ParameterWrite,
  ServiceCall,
  Template,
  TopicPublication,
} from "../../config/rosbridge-link.ts";
import { DONE, type Performed, refusedFor } from "../command-order.ts";
import type { Connections } from "./access.ts";
import { type FieldContext, fill, type Places, placeToSi, placeValue } from "./filled-message.ts";
import { valueAt } from "./mapping/field-path.ts";
import { type RosTypes, spelledFor } from "./mapping/ros-types.ts";
import { type DetailsOf, ServerGraph } from "./mapping/server-graph.ts";
import {
  type ParameterContent,
  type ParameterKinds,
  parameterKinds,
  readParameters,
  setParameters,
} from "./ros-parameters.ts";
import type { Ros } from "./ros-version.ts";
import type { ServerConnection } from "./server-connection.ts";

/** What came of an operation. */
export interface OperationResult extends Performed {
  /** m; where the robot says how far it has walked, also when it was told to stop on the way. */
  readonly distance?: number;
  /** Of ROS parameters: gait parameters as they were read back, SI. */
  readonly readBack?: ReadonlyMap<string, number>;
}

export interface OperationsOptions {
  readonly connections: Connections;
  readonly ros: Ros;
  /** Of messages. */
  readonly definitions: RosTypes;
  /** s */
  readonly asking: number;
}

/** A stop that nothing has confirmed yet is published again so often, ms. */
const STOP_AGAIN = 20;
/** `action_msgs/GoalStatus`. */
const SUCCEEDED = 4;

export class Operations {
  readonly #options: OperationsOptions;
  readonly #kinds = new Map<Operation, ParameterKinds | null>();
  readonly #types = new Map<Operation, FieldContext | null>();
  readonly #confirmations = new Map<string, Set<(message: unknown) => void>>();
  #repeating: NodeJS.Timeout | null = null;
  #cancelGoal: (() => void) | null = null;
  /** A stop's service call has no answer yet. */
  #stopsUnderway = 0;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** What takes time when it is done for the first time, and what a stop must not wait for. */
  async prepare(operations: readonly Operation[]): Promise<void> {
    const { connections, ros, asking } = this.#options;
    const graph = new ServerGraph(async (service, args) => {
      const { result, values } = await connections.telemetry.call(service, args, asking);
      return result ? values : null;
    });
    for (const operation of new Set(operations)) {
      if (operation.kind === "topic") this.#prepareTopic(operation);
      else if (operation.kind === "ros-parameters")
        this.#kinds.set(operation, await parameterKinds(connections.telemetry, ros, operation));
      else if (operation.kind !== "nothing")
        this.#types.set(operation, await this.#typesOf(operation, graph));
    }
  }

  /**
   * Written before this returns its promise, as far as it goes without an answer in between.
   *
   * @param urgent a stop: it waits for nothing, and is repeated until something confirms it
   * @throws LINK_LOST when the server does not answer in time
   */
  perform(operation: Operation, places: () => Places, urgent = false): Promise<OperationResult> {
    this.halt();
    switch (operation.kind) {
      case "nothing":
        return Promise.resolve(DONE);
      case "topic":
        return this.#publish(operation, places, urgent);
      case "service":
        return this.#call(operation, places(), urgent);
      case "action":
        return this.#pursue(operation, places(), urgent);
      case "ros-parameters":
        return this.#write(operation, places(), urgent);
    }
  }

  /** Ends what goes on by itself: repeated messages and goals. */
  halt(): void {
    if (this.#repeating !== null) clearInterval(this.#repeating);
    this.#repeating = null;
    this.#cancelGoal?.();
    this.#cancelGoal = null;
  }

  #prepareTopic({ topic, type, confirmedBy }: TopicPublication): void {
    const { connections, ros } = this.#options;
    const { commands, telemetry } = connections;
    commands.advertise(topic, spelledFor(ros, type));
    telemetry.advertise(topic, spelledFor(ros, type));
    if (confirmedBy === null || this.#confirmations.has(confirmedBy.topic)) return;
    const waiting = new Set<(message: unknown) => void>();
    this.#confirmations.set(confirmedBy.topic, waiting);
    commands.subscribe(
      { topic: confirmedBy.topic, type: spelledFor(ros, confirmedBy.type), queue: 10 },
      (message) => {
        for (const hear of [...waiting]) hear(message);
      },
    );
  }

  async #typesOf(operation: ServiceCall | ActionGoal, graph: ServerGraph): Promise<FieldContext | null> {
    const { ros } = this.#options;
    const service = operation.kind === "service";
    const template = service ? operation.request : operation.goal;
    if (placesIn(template).next().done === true) return null;
    const what: DetailsOf = service ? "service_request_details" : "action_goal_details";
    const found = await graph.details(what, spelledFor(ros, operation.type, service ? "srv" : "action"));
    return found === null ? null : { types: found.types, type: found.root };
  }

  /** A stop takes the other way when one hangs on the first. */
  #way(urgent: boolean): ServerConnection {
    const { telemetry, commands } = this.#options.connections;
    if (!urgent) return telemetry;
    return commands.isOpen && this.#stopsUnderway % 2 === 0 ? commands : telemetry;
  }

  async #call(operation: ServiceCall, places: Places, urgent: boolean): Promise<OperationResult> {
    const { service, request, accepted, reason, distance, within } = operation;
    const args = this.#filled(request, places, this.#types.get(operation) ?? null);
    if ("missing" in args) return unknown(args.missing);
    const way = this.#way(urgent);
    if (urgent) this.#stopsUnderway++;
    const { result, values } = await way.call(service, args.message, within, urgent).finally(() => {
      if (urgent) this.#stopsUnderway--;
    });
    if (!result) return refusedFor(`${service}: ${textOf(values)}`);
    const words = reason === null ? "" : textOf(fieldIn(values, reason));
    if (accepted !== null && fieldIn(values, accepted.field) !== accepted.equals)
      return {
        ...refusedFor(words === "" ? `${service} answered ${JSON.stringify(values)}` : words),
        ...walked(values, distance),
      };
    return { ...DONE, ...walked(values, distance) };
  }

  #publish(operation: TopicPublication, places: () => Places, urgent: boolean): Promise<OperationResult> {
    const { topic, type, message, repeat, confirmedBy } = operation;
    const { definitions, connections } = this.#options;
    const publish = (): string | null => {
      const content = this.#filled(message, places(), { types: definitions, type });
      if ("missing" in content) return content.missing;
      const { commands, telemetry } = connections;
      if (urgent) (commands.isOpen ? commands : telemetry).publishUrgently(topic, content.message);
      else commands.publish(topic, content.message);
      return null;
    };
    try {
      const confirmed = confirmedBy === null ? null : this.#confirmation(confirmedBy);
      const missing = publish();
      if (missing !== null) return Promise.resolve(unknown(missing));
      const again = urgent && confirmed !== null ? STOP_AGAIN : repeat > 0 ? 1000 / repeat : null;
      if (again !== null) this.#repeating = setInterval(() => attempt(publish), again);
      if (confirmed === null) return Promise.resolve(DONE);
      return confirmed.then((result) => {
        // A repetition that was only for the confirmation's sake ends with it.
        if (repeat === 0) this.halt();
        return result;
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #confirmation({ topic, field, equals, within }: Confirmation): Promise<OperationResult> {
    const waiting = this.#confirmations.get(topic)!;
    return new Promise((resolve) => {
      const end = (result: OperationResult): void => {
        clearTimeout(timer);
        waiting.delete(hear);
        resolve(result);
      };
      let last: unknown;
      const hear = (message: unknown): void => {
        last = fieldIn(message, field);
        if (last === equals) end(DONE);
      };
      const timer = setTimeout(() => {
        const seen = last === undefined ? "nothing came there" : `it is ${JSON.stringify(last)}`;
        end(
          refusedFor(
            `${field} of ${topic} did not become ${JSON.stringify(equals)} within ${within} s: ${seen}`,
          ),
        );
      }, 1000 * within);
      waiting.add(hear);
    });
  }

  async #pursue(operation: ActionGoal, places: Places, urgent: boolean): Promise<OperationResult> {
    const { action, type, goal, distance, within } = operation;
    const args = this.#filled(goal, places, this.#types.get(operation) ?? null);
    if ("missing" in args) return unknown(args.missing);
    const spelling = spelledFor(this.#options.ros, type, "action");
    const { result, cancel } = this.#way(urgent).sendGoal(action, spelling, args.message, within);
    this.#cancelGoal = cancel;
    const {
      result: came,
      status,
      values,
    } = await result.finally(() => {
      if (this.#cancelGoal === cancel) this.#cancelGoal = null;
    });
    if (!came || (Number.isFinite(status) && status !== SUCCEEDED))
      return {
        ...refusedFor(`${action} ended with status ${status}: ${textOf(values)}`),
        ...walked(values, distance),
      };
    return { ...DONE, ...walked(values, distance) };
  }

  async #write(operation: ParameterWrite, places: Places, urgent: boolean): Promise<OperationResult> {
    const { ros } = this.#options;
    const contents: Record<string, ParameterContent> = {};
    for (const [name, template] of Object.entries(operation.values)) {
      const content = this.#filled(template, places, null);
      if ("missing" in content) return unknown(content.missing);
      contents[name] = content.message as ParameterContent;
    }
    const way = this.#way(urgent);
    const refusal = await setParameters(
      way,
      ros,
      operation,
      contents,
      this.#kinds.get(operation) ?? null,
      urgent,
    );
    if (refusal !== null) return refusedFor(refusal);
    if (urgent) return DONE;
    const held = await readParameters(way, ros, operation);
    for (const [name, template] of Object.entries(operation.values)) {
      const value = held.get(name);
      if (isPlace(template)) {
        if (typeof value !== "number") return refusedFor(`the robot does not tell what it holds as ${name}`);
      } else if (value !== contents[name])
        return refusedFor(
          `the robot holds ${JSON.stringify(value)} as ${name}, not ${JSON.stringify(contents[name])}`,
        );
    }
    return { ...DONE, readBack: gaitParametersIn(operation, held, places) };
  }

  /**
   * Gait parameters as the robot holds them, SI; what it does not tell is left out.
   *
   * @param places of the set that was written last: what came back as it was written is that set's own number
   */
  async held(operation: ParameterWrite, places: Places): Promise<ReadonlyMap<string, number>> {
    const held = await readParameters(this.#way(false), this.#options.ros, operation);
    return gaitParametersIn(operation, held, places);
  }

  #filled(template: Template, places: Places, field: FieldContext | null): ReturnType<typeof fill> {
    return fill(template, places, this.#options.ros, field);
  }
}

function isPlace(template: Template): template is string {
  return typeof template === "string" && template.startsWith("$");
}

function gaitParametersIn(
  { values }: ParameterWrite,
  held: ReadonlyMap<string, unknown>,
  places: Places,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [name, template] of Object.entries(values)) {
    const value = held.get(name);
    if (!isPlace(template) || typeof value !== "number") continue;
    const si = placeToSi(template, value, places);
    if (si === null) continue;
    // 32 bits are what the robot computes with: what it rounded to them is what was meant.
    const asked = placeValue(template, places);
    const same = value === asked || value === Math.fround(asked);
    found.set(si.name, same ? places.valueOf(si.name) : si.value);
  }
  return found;
}

function attempt(publish: () => unknown): void {
  try {
    publish();
  } catch {
    // A link that is lost tells so elsewhere.
  }
}

function walked(values: unknown, field: string | null): { readonly distance?: number } {
  if (field === null) return {};
  const distance = fieldIn(values, field);
  return { distance: typeof distance === "number" ? distance : Number.NaN };
}

function fieldIn(message: unknown, path: string): unknown {
  return valueAt(message, stepsOf(path));
}

function stepsOf(path: string): { readonly name: string; readonly index: number | null }[] {
  return path.split(".").map((text) => {
    const [, name = text, index] = /^(.*?)(?:\[(\d+)\])?$/.exec(text) ?? [];
    return { name, index: index === undefined ? null : Number(index) };
  });
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

function unknown(place: string): OperationResult {
  return refusedFor(`${place} has no value here`);
}
