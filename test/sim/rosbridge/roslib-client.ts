/** What the tests use of roslib. Its own declarations do not resolve in modules of Node (imports without extensions). */
import * as roslib from "roslib";

export interface Ros {
  connect(url: string): Promise<void>;
  close(): void;
  getNodes(heard: (nodes: string[]) => void, failed?: (reason: string) => void): void;
  getTopics(
    heard: (topics: { topics: string[]; types: string[] }) => void,
    failed: (reason: string) => void,
  ): void;
  getMessageDetails(
    type: string,
    heard: (details: { type: string; fieldnames: string[]; fieldtypes: string[] }[]) => void,
    failed: (reason: string) => void,
  ): void;
}

interface Topic {
  subscribe(heard: (message: never) => void): void;
  unsubscribe(): void;
  publish(message: object): void;
}

interface Service {
  callService(
    request: object,
    answered: (response: Record<string, unknown>) => void,
    failed: (reason: string) => void,
  ): void;
  advertise(answer: (request: Record<string, never>, response: Record<string, unknown>) => boolean): void;
  unadvertise(): void;
}

interface Param {
  set(value: unknown, done: (response: unknown) => void, failed: (reason: string) => void): void;
  get(heard: (value: unknown) => void, failed: (reason: string) => void): void;
}

interface Named {
  readonly ros: Ros;
  readonly name: string;
}

type TopicOptions = Named & { readonly messageType: string; readonly compression?: string };

interface Roslib {
  readonly Ros: new () => Ros;
  readonly Topic: new (options: TopicOptions) => Topic;
  readonly Service: new (options: Named & { readonly serviceType: string }) => Service;
  readonly Param: new (options: Named) => Param;
}

export const { Ros, Topic, Service, Param } = roslib as unknown as Roslib;
