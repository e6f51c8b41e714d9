/**
 * Who may talk to the service. It listens on this machine only, but every web page a person opens can send requests
 * to this machine too: a foreign page is told apart by its Origin, and one that has rebound its own name to our
 * address (DNS rebinding) by its Host. A program without an Origin, such as curl, is welcome.
 */
import { isIP } from "node:net";
import { fail } from "../../errors.ts";

export interface RequestOrigin {
  /** The Host header. */
  readonly host: string | undefined;
  /** The Origin header. */
  readonly origin: string | undefined;
  /** The Sec-Fetch-Site header, which pages cannot forge. */
  readonly fetchSite: string | undefined;
}

/**
 * @param names host names besides `localhost` and plain addresses that lead here on purpose
 * @throws REQUEST_REFUSED
 */
export function assertAccess(request: RequestOrigin, names: readonly string[] = []): void {
  const host = parseHost(request.host);
  if (host === null || !isOurs(host.name, names))
    fail("REQUEST_REFUSED", {
      what: `the request asks for the host "${request.host ?? ""}", which is not this service`,
      where: "header Host",
      remedy: "Open the page at the address that the service printed.",
    });
  // A top-level link to the page is a cross-site request too, but it carries no Origin and reads nothing.
  if (request.origin === undefined) return;
  if (request.fetchSite === "cross-site" || originHost(request.origin) !== host.whole)
    fail("REQUEST_REFUSED", {
      what: `the request comes from another site, "${request.origin}"`,
      where: "header Origin",
      remedy: "Use the service's own page, or a program that sends no Origin.",
    });
}

/** An address cannot be rebound, only a name can. */
function isOurs(name: string, names: readonly string[]): boolean {
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    isIP(name.replace(/^\[|\]$/g, "")) !== 0 ||
    names.includes(name)
  );
}

function parseHost(header: string | undefined): { name: string; whole: string } | null {
  if (header === undefined || !/^[^/\\@?#\s]+$/.test(header)) return null;
  const url = URL.parse(`http://${header}`);
  return url === null ? null : { name: url.hostname, whole: url.host };
}

/** `host:port` of an Origin, null when it is `null` or no URL. */
function originHost(origin: string): string | null {
  const url = URL.parse(origin);
  return url === null || url.protocol !== "http:" ? null : url.host;
}
