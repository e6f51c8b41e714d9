/** A program that lets the sample robot walk and does not think of stopping; whoever started it kills it. */
import { setTimeout as sleep } from "node:timers/promises";
import { letWalk } from "./let-walk.ts";
import { serverUrl } from "./real-server.ts";
import { RoslibStation } from "./roslib-station.ts";

const station = new RoslibStation(serverUrl);
await station.connect();
await letWalk(station);
console.log("walking");
await sleep(60_000);
