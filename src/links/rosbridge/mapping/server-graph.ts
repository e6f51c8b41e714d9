/** What rosapi tells about the robot's topics, nodes, services and types. Asked once each, one after the other. */
import { PRIMITIVES, type RosField, type RosTypes, shortType } from "./ros-types.ts";

/**
 * Calls a service through the server.
 *
 * @returns the values it answered; rejects when there is no such service or it failed
 */
export type Ask = (service: string, args: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** A message type, with all it contains, as the server describes it. */
export interface ServerType {
  readonly root: string;
  readonly types: RosTypes;
}

type Values = Readonly<Record<string, unknown>>;
export type DetailsOf =
  | "message_details"
  | "service_request_details"
  | "service_response_details"
  | "action_goal_details"
  | "action_result_details";

export class ServerGraph {
  readonly #ask: Ask;
  readonly #answers = new Map<string, Promise<Values | null>>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Types by topic; null: rosapi does not answer. */
  async topics(): Promise<ReadonlyMap<string, string> | null> {
    const answer = await this.#rosapi("topics");
    if (answer === null) return null;
    const types = texts(answer["types"]);
    return new Map(texts(answer["topics"]).map((topic, index) => [absolute(topic), types[index] ?? ""]));
  }

  /** Of this topic; null: not known. */
  async publishers(topic: string): Promise<readonly string[] | null> {
    return textsOrNull(await this.#rosapi("publishers", { topic: absolute(topic) }), "publishers");
  }

  async subscribers(topic: string): Promise<readonly string[] | null> {
    return textsOrNull(await this.#rosapi("subscribers", { topic: absolute(topic) }), "subscribers");
  }

  async services(): Promise<readonly string[] | null> {
    return textsOrNull(await this.#rosapi("services"), "services");
  }

  async serviceType(service: string): Promise<string | null> {
    const type = (await this.#rosapi("service_type", { service: absolute(service) }))?.["type"];
    return typeof type === "string" && type !== "" ? type : null;
  }

  async actionServers(): Promise<readonly string[] | null> {
    return textsOrNull(await this.#rosapi("action_servers"), "action_servers");
  }

  /** What a node publishes and subscribes to. */
  async node(
    node: string,
  ): Promise<{ readonly publishing: readonly string[]; readonly subscribing: readonly string[] } | null> {
    const answer = await this.#rosapi("node_details", { node });
    if (answer === null) return null;
    return { publishing: texts(answer["publishing"]), subscribing: texts(answer["subscribing"]) };
  }

  /** @param type as the server spells it; null: it does not know it */
  async details(of: DetailsOf, type: string): Promise<ServerType | null> {
    const answer = await this.#rosapi(of, { type });
    const typedefs = answer?.["typedefs"];
    return Array.isArray(typedefs) ? typesFrom(typedefs) : null;
  }

  /** Any other service; null when it fails. */
  async call(service: string, args: Values): Promise<Values | null> {
    const key = `${service} ${JSON.stringify(args)}`;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#ask(service, args).then(
        (values) => (typeof values === "object" && values !== null ? (values as Values) : null),
        () => null,
      );
      this.#answers.set(key, answer);
    }
    return answer;
  }

  #rosapi(service: string, args: Values = {}): Promise<Values | null> {
    return this.call(`/rosapi/${service}`, args);
  }
}

/** `joint_states` and `/joint_states` are one topic. */
export function absolute(name: string): string {
  return name.startsWith("/") ? name : `/${name}`;
}

/** The bridge itself takes part for its clients, us among them. */
export function isBridge(node: string): boolean {
  return /rosbridge|rosapi/u.test(node);
}

function typesFrom(typedefs: readonly unknown[]): ServerType | null {
  const known = new Map<string, readonly RosField[]>();
  let root: string | null = null;
  for (const typedef of typedefs) {
    if (typeof typedef !== "object" || typedef === null) continue;
    const { type, fieldnames, fieldtypes, fieldarraylen } = typedef as Values;
    if (typeof type !== "string") continue;
    const name = shortType(type);
    root ??= name;
    // rosapi describes a time like a message, whatever its parts are called.
    if (PRIMITIVES.has(name)) continue;
    const types = texts(fieldtypes);
    const lengths = Array.isArray(fieldarraylen) ? fieldarraylen : [];
    known.set(
      name,
      texts(fieldnames).map((field, index) => fieldFrom(field, types[index] ?? "", lengths[index])),
    );
  }
  if (root === null) return null;
  return {
    root,
    types: { names: [...known.keys()], fieldsOf: (type) => known.get(shortType(type)) ?? null },
  };
}

/** Older servers of ROS 2 put an underscore before names and leave `sequence<double>` as it is. */
function fieldFrom(name: string, written: string, length: unknown): RosField {
  const sequence = /^sequence<\s*([^,>]+?)\s*(?:,.*)?>$/u.exec(written);
  const isArray = sequence !== null || (typeof length === "number" && length >= 0);
  const fixed = typeof length === "number" && length > 0 ? length : null;
  return {
    name: name.replace(/^_/u, ""),
    type: shortType((sequence?.[1] ?? written).replace(/^(w?string)<\d+>$/u, "$1")),
    array: isArray ? { length: fixed } : null,
  };
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

function textsOrNull(answer: Values | null, key: string): readonly string[] | null {
  return answer !== null && Array.isArray(answer[key]) ? texts(answer[key]) : null;
}
