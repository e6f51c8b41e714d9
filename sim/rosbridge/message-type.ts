/** ROS types as they are needed for conversion: fields in order, other types resolved. */
import {
  type Definition,
  type Definitions,
  definitionOf,
  messageDefinitions,
  type RosVersion,
  type ServiceDefinitions,
  serviceDefinitions,
} from "./ros-definitions.ts";

export type Primitive =
  | "bool"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float32"
  | "float64"
  | "string"
  | "time"
  | "duration";

export interface Field {
  readonly name: string;
  /** A primitive, or the name of another type. */
  readonly type: string;
  readonly primitive: Primitive | null;
  /** null: another type's fields belong to a primitive. */
  readonly message: MessageType | null;
  /** −1: one value; 0: a list of any length; n: an array of n. */
  readonly arrayLength: number;
}

export interface Constant {
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
}

export interface MessageType {
  /** `std_msgs/Header`, in both versions; of services `std_srvs/SetBoolRequest`, `std_srvs/SetBool_Request` in ROS 2. */
  readonly name: string;
  readonly version: RosVersion;
  readonly fields: readonly Field[];
  readonly constants: readonly Constant[];
}

export interface ServiceType {
  /** As the server says it: `std_srvs/SetBool`, `std_srvs/srv/SetBool`. */
  readonly name: string;
  readonly request: MessageType;
  readonly response: MessageType;
}

const PRIMITIVES = new Set<string>([
  ...["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"],
  ...["float32", "float64", "string", "time", "duration"],
]);

/** All types of one ROS. Types are the same object whenever they are asked for. */
export class RosTypes {
  readonly version: RosVersion;
  readonly #definitions: Definitions;
  readonly #services: ServiceDefinitions;
  readonly #messages = new Map<string, MessageType>();
  readonly #serviceTypes = new Map<string, ServiceType>();

  /**
   * @param own further messages as the text of .msg files, by name (`my_msgs/GaitState`), other types by full names
   * @param services further services: the text of request and response, by name
   */
  constructor(
    version: RosVersion,
    own: Readonly<Record<string, string>> = {},
    services: Readonly<Record<string, readonly [request: string, response: string]>> = {},
  ) {
    this.version = version;
    const further = Object.entries(own).map(
      ([name, text]) => [shortName(name), definitionOf(text, version)] as const,
    );
    this.#definitions = new Map([...messageDefinitions(version), ...further]);
    this.#services = new Map([...serviceDefinitions(version), ...Object.entries(services)]);
  }

  /** @param name with or without `msg` in ROS 2. @returns null when there is no such type */
  message(name: string): MessageType | null {
    const short = this.version === 2 ? shortName(name) : name;
    const known = this.#messages.get(short);
    if (known !== undefined) return known;
    const definition = this.#definitions.get(short);
    return definition === undefined ? null : this.#resolve(short, definition);
  }

  /** @returns null when there is no such type */
  service(name: string): ServiceType | null {
    const short = this.version === 2 ? shortName(name, "srv") : name;
    const known = this.#serviceTypes.get(short);
    if (known !== undefined) return known;
    const texts = this.#services.get(short);
    if (texts === undefined) return null;
    const [request, response] = texts;
    const joint = this.version === 2 ? "_" : "";
    const type = {
      name: this.version === 2 ? short.replace("/", "/srv/") : short,
      request: this.#resolve(`${short}${joint}Request`, definitionOf(request, this.version)),
      response: this.#resolve(`${short}${joint}Response`, definitionOf(response, this.version)),
    };
    this.#serviceTypes.set(short, type);
    return type;
  }

  /** `std_msgs/String`, `std_msgs/msg/String` in ROS 2: how the server names a type. */
  publicName({ name }: MessageType): string {
    return this.version === 2 ? name.replace("/", "/msg/") : name;
  }

  #resolve(name: string, definitions: readonly Definition[]): MessageType {
    const fields: Field[] = [];
    const constants: Constant[] = [];
    const type: MessageType = { name, version: this.version, fields, constants };
    this.#messages.set(name, type);
    for (const definition of definitions) {
      if (definition.isConstant === true)
        constants.push({ name: definition.name, type: definition.type, value: definition.value });
      else fields.push(this.#field(name, definition));
    }
    return type;
  }

  #field(owner: string, { name, type, isArray, arrayLength }: Definition): Field {
    const arrayOf = isArray === true ? (arrayLength ?? 0) : -1;
    // Stamps of ROS 2 are a type of their own; it is the only one that may be spelt in two ways.
    const time = /^builtin_interfaces\/(?:msg\/)?(Time|Duration)$/.exec(type)?.[1]?.toLowerCase();
    const primitive = PRIMITIVES.has(time ?? type) ? ((time ?? type) as Primitive) : null;
    if (primitive !== null) return { name, type: primitive, primitive, message: null, arrayLength: arrayOf };
    const message = this.message(type);
    if (message === null) throw new RangeError(`${owner}.${name}: there is no message ${type}`);
    return { name, type: message.name, primitive: null, message, arrayLength: arrayOf };
  }
}

/** `std_msgs/msg/String` → `std_msgs/String` */
function shortName(name: string, kind = "msg"): string {
  const parts = name.split("/");
  return parts.length === 3 && parts[1] === kind ? `${parts[0]}/${parts[2]}` : name;
}
