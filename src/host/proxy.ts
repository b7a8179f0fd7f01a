// Which proxy a download goes through, by the variables most tools agree on. Never a proxy for the machine itself. SOCKS and address ranges in NO_PROXY
// are not supported.

/** Proxy variables by name, as `Surroundings.network` holds them. */
export type ProxyVariables = Readonly<Record<string, string>>;

/** Returns the proxy for an https address, or null for a direct connection. Throws an Error at a proxy that cannot be used. */
export function proxyFor(url: URL, network: ProxyVariables): URL | null {
  const text = network["https_proxy"] ?? network["HTTPS_PROXY"] ?? "";
  if (text === "" || isLoopback(url.hostname) || isExempt(url, network["no_proxy"] ?? network["NO_PROXY"] ?? "")) return null;
  const address = text.includes("://") ? text : `http://${text}`;
  if (!URL.canParse(address)) throw new Error("HTTPS_PROXY is not a URL");
  const proxy = new URL(address);
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:")
    throw new Error(`HTTPS_PROXY names a ${proxy.protocol}// proxy, which is not supported`);
  return proxy;
}

/** Returns whether a URL's host name is this machine. */
export function isLoopback(hostname: string): boolean {
  return ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
}

/** `*` exempts all, a name itself and everything below it; a leading dot or `*.` means the same; a port limits the entry to it. */
function isExempt(url: URL, noProxy: string): boolean {
  const port = url.port === "" ? "443" : url.port;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, name = "", onlyPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      const domain = name.replace(/^\*?\./, "");
      return name === "*" || (domain !== "" && (url.hostname === domain || url.hostname.endsWith(`.${domain}`)));
    });
}
