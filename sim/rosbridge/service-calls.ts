/** Services between clients and the graph: calls of clients, and services that clients provide themselves. */
import { describeError } from "../../src/errors.ts";
import { argumentsByName, messageFromJson } from "./message-from-json.ts";
import { messageToJson } from "./message-to-json.ts";
import type { MessageType } from "./message-type.ts";
import type { RosMessage } from "./message-values.ts";
import type { RosGraph, Service } from "./ros-graph.ts";
import { SERVER_NODE } from "./shared-topics.ts";
import { stringText, type Wire } from "./wire-json.ts";

/** What a client is told: values as text, and whether it went well. */
export interface CallResult {
  readonly values: string;
  readonly result: boolean;
}

/** Calls a service as a client asks; at once where the service answers at once. Never throws or rejects. */
export function callService(
  graph: RosGraph,
  name: string,
  args: Wire | undefined,
): CallResult | Promise<CallResult> {
  const path = name.startsWith("/") ? name : `/${name}`;
  const service = graph.service(path);
  if (service === null) return failed(`Service ${path} does not exist`);
  const { request: requestType, response: responseType } = service.type;
  let request: RosMessage;
  try {
    request = messageFromJson(argumentsByName(args, requestType), requestType, () => graph.now());
  } catch (error) {
    return failed(describeError(error));
  }
  try {
    const response = service.call(request);
    if (!(response instanceof Promise)) return succeeded(response, responseType);
    return response.then(
      (answer) => succeeded(answer, responseType),
      (error: unknown) => failed(inWordsOf(graph, service, error)),
    );
  } catch (error) {
    return failed(inWordsOf(graph, service, error));
  }
}

function succeeded(response: RosMessage, type: MessageType): CallResult {
  return { values: messageToJson(response, type), result: true };
}

function failed(reason: string): CallResult {
  return { values: stringText(reason), result: false };
}

function inWordsOf({ types }: RosGraph, { name }: Service, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return types.version === 2
    ? reason
    : `service [${name}] responded with an error: b'error processing request: ${reason}'`;
}

interface Pending {
  readonly resolve: (response: RosMessage) => void;
  readonly reject: (error: Error) => void;
}

interface External {
  readonly client: object;
  readonly type: Service["type"];
  readonly pending: Map<string, Pending>;
  readonly close: () => void;
}

/** Services that clients provide, by name, whoever provides them. */
export class ExternalServices {
  readonly #graph: RosGraph;
  readonly #services = new Map<string, External>();

  constructor(graph: RosGraph) {
    this.#graph = graph;
  }

  /** @param send hands the provider a request as text. @throws when there is no such type */
  advertise(client: object, name: string, typeName: string, send: (text: string) => void): void {
    this.#close(name);
    const type = this.#graph.types.service(typeName);
    if (type === null) throw new Error(`there is no service type ${typeName}`);
    const pending = new Map<string, Pending>();
    let requests = 0;
    const close = this.#graph.provide(SERVER_NODE, name, typeName, (request) => {
      const id = `service_request:${name}:${++requests}`;
      const args = messageToJson(request, type.request);
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        send(`{"op":"call_service","id":${stringText(id)},"service":${stringText(name)},"args":${args}}`);
      });
    });
    this.#services.set(name, { client, type, pending, close });
  }

  unadvertise(name: string): void {
    this.#close(name);
  }

  /** @throws ConversionError when the values are not those of the type */
  respond(name: string, id: string, values: Wire): void {
    const service = this.#services.get(name);
    const pending = service?.pending.get(id);
    if (service === undefined || pending === undefined) return;
    const response = messageFromJson(values, service.type.response, () => this.#graph.now());
    service.pending.delete(id);
    pending.resolve(response);
  }

  leave(client: object): void {
    for (const [name, service] of [...this.#services]) if (service.client === client) this.#close(name);
  }

  #close(name: string): void {
    const service = this.#services.get(name);
    if (service === undefined) return;
    this.#services.delete(name);
    service.close();
    for (const { reject } of service.pending.values()) reject(new Error(`Service ${name} was unadvertised`));
  }
}
