/** Both connections to the server: one brings telemetry and takes whatever may hang, one is kept free for stops. */
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { RosbridgeLinkConfig } from "../../config/rosbridge-link.ts";
import { describeError, fail, GaitsmithError } from "../../errors.ts";
import { type ConnectionOptions, ServerConnection } from "./server-connection.ts";

/** A server that is being restarted refuses for a moment: it is asked again after so many ms. */
const BACK_OFF = [200, 600];

export interface Connections {
  /** Telemetry, and service calls other than stops: a server may let everything behind a slow call wait. */
  readonly telemetry: ServerConnection;
  /** Commands, stops and keepalives. */
  readonly commands: ServerConnection;
}

export async function connect(
  link: RosbridgeLinkConfig,
  options: Omit<ConnectionOptions, "url" | "headers" | "certificateAuthority">,
): Promise<Connections> {
  const access = {
    ...options,
    url: link.url,
    headers: headersOf(link),
    certificateAuthority: await authorityOf(link),
  };
  const telemetry = await openPatiently(access);
  try {
    return { telemetry, commands: await openPatiently(access) };
  } catch (error) {
    await telemetry.close();
    throw error;
  }
}

async function openPatiently(options: ConnectionOptions): Promise<ServerConnection> {
  for (const delay of BACK_OFF) {
    try {
      return await ServerConnection.open(options);
    } catch (error) {
      if (!(error instanceof GaitsmithError && error.code === "LINK_UNAVAILABLE")) throw error;
    }
    await pause(delay);
  }
  return ServerConnection.open(options);
}

/** @throws CONFIG_INVALID when the variable is not set: without it the server would be asked as somebody else */
function headersOf({ authorizationFrom }: RosbridgeLinkConfig): Record<string, string> {
  if (authorizationFrom === null) return {};
  const value = process.env[authorizationFrom];
  if (value === undefined || value === "")
    return fail("CONFIG_INVALID", {
      what: `the environment variable ${authorizationFrom}, which holds the server's authorization, is not set`,
      where: "link.authorization_from",
      remedy: `Set it: export ${authorizationFrom}="Bearer …".`,
    });
  return { Authorization: value };
}

async function authorityOf({ certificateAuthority }: RosbridgeLinkConfig): Promise<Buffer | null> {
  if (certificateAuthority === null) return null;
  return readFile(certificateAuthority).catch((error: unknown) =>
    fail("CONFIG_INVALID", {
      what: `the certificate authority ${certificateAuthority} cannot be read: ${describeError(error)}`,
      where: "link.certificate_authority",
      remedy: "Name the PEM file of the authority that signed the server's certificate.",
    }),
  );
}
