/** The address of a rosbridge server: what is taken, and what is said about one that strangers may reach. */
import type { ConfigSource, FieldPath } from "./config-source.ts";
import type { RosbridgeLinkConfig } from "./rosbridge-link.ts";

/** @returns the text as written; what is wrong is reported to the source */
export function readServerUrl(source: ConfigSource, path: FieldPath, written: string): string {
  const refuse = (what: string, remedy: string): void => source.report({ path, what, remedy });
  const example = "Write for example ws://192.168.4.1:9090, or wss:// with TLS.";
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1]?.toLowerCase();
  if (scheme === "http" || scheme === "https") {
    const right = written.replace(/^http/i, "ws");
    refuse(`\`${scheme}://\` is not how a rosbridge server is reached`, `Write \`${right}\`.`);
  } else if (scheme !== "ws" && scheme !== "wss") {
    refuse(`\`${written}\` does not begin with ws:// or wss://`, example);
  } else if (!URL.canParse(written)) {
    refuse(`\`${written}\` is not an address`, example);
  } else if (new URL(written).username !== "" || new URL(written).password !== "") {
    refuse(
      "a password stands in the address, where logs and the page would show it",
      "Put it into an environment variable, and name that in `authorization_from`.",
    );
  }
  return written;
}

/** What a person should know of the way to the server before driving a robot over it; null: nothing. */
export function urlWarning({ url }: Pick<RosbridgeLinkConfig, "url">): string | null {
  const { protocol, hostname } = new URL(url);
  if (protocol === "wss:" || isPrivate(hostname)) return null;
  return (
    `${url} is neither a private address nor encrypted: whoever is on the way can read what the robot says and send ` +
    "it commands, since rosbridge asks nobody who they are. Use wss:// behind a proxy that asks, or a VPN or tunnel."
  );
}

/** Loopback, private and link-local addresses, carrier-grade NAT (VPNs), and names that no public server has. */
function isPrivate(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  const v4 = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (v4 !== null) {
    const [a, b] = [Number(v4[1]), Number(v4[2])];
    return (
      a === 127 ||
      a === 10 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  if (host.includes(":")) return host === "::1" || /^f[cd]|^fe[89ab]/.test(host);
  return !host.includes(".") || /\.(local|localhost|lan|internal|home\.arpa)$/.test(host);
}
