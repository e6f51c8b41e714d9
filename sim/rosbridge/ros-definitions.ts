/** Message and service types that a simulated ROS knows: ROS's common ones, and those of rosbridge itself. */
import { parse } from "@foxglove/rosmsg";
import { ros1, ros2humble } from "@foxglove/rosmsg-msgs-common";

export type RosVersion = 1 | 2;

type Parsed = ReturnType<typeof parse>[number]["definitions"];
export type Definition = Parsed[number];

/** `std_msgs/Header` in both versions: without `msg`. */
export type Definitions = ReadonlyMap<string, readonly Definition[]>;

/** Request and response, as text in the form of .msg files. */
export type ServiceDefinitions = ReadonlyMap<string, readonly [request: string, response: string]>;

const MESSAGES = {
  "std_msgs/UInt8MultiArray": "std_msgs/MultiArrayLayout layout\nuint8[] data",
  "rosbridge_msgs/ConnectedClient": "string ip_address\ntime connection_time",
  "rosbridge_msgs/ConnectedClients": "rosbridge_msgs/ConnectedClient[] clients",
};

const TYPE_DEF =
  "string type\nstring[] fieldnames\nstring[] fieldtypes\nint32[] fieldarraylen\nstring[] examples\nstring[] constnames\nstring[] constvalues";

/** By the name of the type within its package. */
const ROSAPI: Readonly<Record<string, readonly [string, string]>> = {
  Topics: ["", "string[] topics\nstring[] types"],
  TopicsForType: ["string type", "string[] topics"],
  TopicsAndRawTypes: ["", "string[] topics\nstring[] types\nstring[] typedefs_full_text"],
  Services: ["", "string[] services"],
  ServicesForType: ["string type", "string[] services"],
  Nodes: ["", "string[] nodes"],
  NodeDetails: ["string node", "string[] subscribing\nstring[] publishing\nstring[] services"],
  GetActionServers: ["", "string[] action_servers"],
  TopicType: ["string topic", "string type"],
  ServiceType: ["string service", "string type"],
  Publishers: ["string topic", "string[] publishers"],
  Subscribers: ["string topic", "string[] subscribers"],
  ServiceProviders: ["string service", "string[] providers"],
  ServiceNode: ["string service", "string node"],
  MessageDetails: ["string type", "$/TypeDef[] typedefs"],
  ServiceRequestDetails: ["string type", "$/TypeDef[] typedefs"],
  ServiceResponseDetails: ["string type", "$/TypeDef[] typedefs"],
  SetParam: ["string name\nstring value", ""],
  HasParam: ["string name", "bool exists"],
  DeleteParam: ["string name", ""],
  GetParamNames: ["", "string[] names"],
  GetTime: ["", "time time"],
};

const ROSAPI_1: typeof ROSAPI = {
  ServiceHost: ["string service", "string host"],
  GetParam: ["string name\nstring default", "string value"],
  SearchParam: ["string name", "string global_name"],
};

const ROSAPI_2: typeof ROSAPI = {
  GetParam: ["string name\nstring default_value", "string value"],
  GetROSVersion: ["", "uint8 version\nstring distro"],
};

const STANDARD: typeof ROSAPI = {
  "std_srvs/Empty": ["", ""],
  "std_srvs/SetBool": ["bool data", "bool success\nstring message"],
  "std_srvs/Trigger": ["", "bool success\nstring message"],
};

const ROSCPP: typeof ROSAPI = {
  "roscpp/GetLoggers": ["", "roscpp/Logger[] loggers"],
  "roscpp/SetLoggerLevel": ["string logger\nstring level", ""],
};

/** Of every node of ROS 2 that has parameters. */
const PARAMETERS_2: typeof ROSAPI = {
  "rcl_interfaces/GetParameters": ["string[] names", "rcl_interfaces/ParameterValue[] values"],
  "rcl_interfaces/SetParameters": [
    "rcl_interfaces/Parameter[] parameters",
    "rcl_interfaces/SetParametersResult[] results",
  ],
  "rcl_interfaces/SetParametersAtomically": [
    "rcl_interfaces/Parameter[] parameters",
    "rcl_interfaces/SetParametersResult result",
  ],
};

export function messageDefinitions(version: RosVersion): Definitions {
  const common: Readonly<Record<string, { readonly definitions: readonly Definition[] }>> =
    version === 1 ? ros1 : ros2humble;
  const own: Record<string, string> = {
    ...MESSAGES,
    [`${rosapiPackage(version)}/TypeDef`]: TYPE_DEF,
    ...(version === 1 ? { "roscpp/Logger": "string name\nstring level" } : {}),
  };
  return new Map([
    ...Object.entries(common).map(([name, { definitions }]) => [name, definitions] as const),
    ...Object.entries(own).map(([name, text]) => [name, definitionOf(text, version)] as const),
  ]);
}

export function serviceDefinitions(version: RosVersion): ServiceDefinitions {
  const rosapi = { ...ROSAPI, ...(version === 1 ? ROSAPI_1 : ROSAPI_2) };
  const home = rosapiPackage(version);
  return new Map<string, readonly [string, string]>([
    ...Object.entries(STANDARD),
    ...Object.entries(version === 1 ? ROSCPP : PARAMETERS_2),
    ...Object.entries(rosapi).map(([name, [request, response]]) => {
      const filled: readonly [string, string] = [request, response.replaceAll("$/", `${home}/`)];
      return [`${home}/${name}`, filled] as const;
    }),
  ]);
}

export function rosapiPackage(version: RosVersion): string {
  return version === 1 ? "rosapi" : "rosapi_msgs";
}

/** @param text in the form of .msg files, other types by their full names */
export function definitionOf(text: string, version: RosVersion): readonly Definition[] {
  if (text.trim() === "") return [];
  return parse(text, { ros2: version === 2, skipTypeFixup: true })[0]?.definitions ?? [];
}
