import { describe, expect, it } from "vitest";
import { proxyFor } from "../../src/host/proxy.ts";

const PROXY = { HTTPS_PROXY: "http://proxy.example:3128" };

function goesThroughProxy(url: string, noProxy: string): boolean {
  return proxyFor(new URL(url), { ...PROXY, NO_PROXY: noProxy }) !== null;
}

describe("proxyFor", () => {
  it("takes the proxy of HTTPS_PROXY", () => {
    expect(proxyFor(new URL("https://files.example/"), PROXY)?.href).toBe("http://proxy.example:3128/");
  });

  it("prefers the lower-case spelling", () => {
    expect(proxyFor(new URL("https://files.example/"), { ...PROXY, https_proxy: "http://lower.example" })?.hostname).toBe("lower.example");
  });

  it("reads a proxy without a scheme as http", () => {
    expect(proxyFor(new URL("https://files.example/"), { HTTPS_PROXY: "proxy.example:3128" })?.href).toBe("http://proxy.example:3128/");
  });

  it.each([{}, { HTTPS_PROXY: "" }, { HTTP_PROXY: "http://proxy.example" }])("connects directly with %o", (network) => {
    expect(proxyFor(new URL("https://files.example/"), network)).toBeNull();
  });

  it.each(["socks5://proxy.example", "ftp://proxy.example"])("refuses a proxy it cannot use (%s)", (proxy) => {
    expect(() => proxyFor(new URL("https://files.example/"), { HTTPS_PROXY: proxy })).toThrow("not supported");
  });

  it("refuses a proxy that is not a URL, without repeating it", () => {
    expect(() => proxyFor(new URL("https://files.example/"), { HTTPS_PROXY: "http://user:hunter2@[" })).toThrow(
      /^HTTPS_PROXY is not a URL$/,
    );
  });

  it.each(["https://127.0.0.1/", "https://localhost:8443/", "https://[::1]/"])("connects directly to this machine (%s)", (url) => {
    expect(goesThroughProxy(url, "")).toBe(false);
  });

  it.each([
    "*",
    "files.example",
    "example",
    ".example",
    "*.example",
    "FILES.example",
    "a, files.example",
    "a files.example",
    "files.example:443",
  ])("is exempted by NO_PROXY=%s", (noProxy) => {
    expect(goesThroughProxy("https://files.example/", noProxy)).toBe(false);
  });

  it.each(["", ",", "les.example", "other.example", "files.example:444", "files.example.org", ".", "s"])(
    "is not exempted by NO_PROXY=%s",
    (noProxy) => {
      expect(goesThroughProxy("https://files.example/", noProxy)).toBe(true);
    },
  );
});
