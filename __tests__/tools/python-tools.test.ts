import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProcessRequest } from "../../src/host/ports.ts";
import type { PythonInterpreter } from "../../src/tools/python-interpreter.ts";
import { installPythonTool, type PythonToolRequest } from "../../src/tools/python-tools.ts";
import { type FakePython, fakeInterpreter, fakePython } from "../support/fake-python.ts";
import { exited, type ToolHost, type ToolHostOptions, temporaryDirectory, toolHost } from "../support/tool-host.ts";

interface Setup {
  readonly host: ToolHost;
  readonly interpreter: PythonInterpreter;
  readonly install: (changes?: Partial<PythonToolRequest>) => ReturnType<typeof installPythonTool>;
  /** Names in the directory of environments. */
  readonly installed: () => string[];
}

function setup(python: FakePython = {}, options: ToolHostOptions & { interpreter?: Partial<PythonInterpreter> } = {}): Setup {
  const host = toolHost({ run: fakePython(python), ...options });
  const interpreter = fakeInterpreter(options.interpreter);
  const request: PythonToolRequest = {
    tool: "bandit",
    interpreter,
    indexUrl: null,
    offline: false,
    timeoutMs: 60_000,
  };
  const parent = join(host.surroundings.cacheDirectory, "python");
  return {
    host,
    interpreter,
    install: (changes = {}) => installPythonTool({ ...request, ...changes }, host),
    installed: () => (existsSync(parent) ? readdirSync(parent) : []),
  };
}

/** The command lines, the private directory as PARTIAL and the interpreter as PYTHON. */
function commandLines({ requests }: ToolHost, { executable }: PythonInterpreter): string[] {
  return requests.map(({ argv }) =>
    argv
      .join(" ")
      .replace(/\/\S*?\.partial-\w+/g, "PARTIAL")
      .replaceAll(executable, "PYTHON"),
  );
}

const PIP_REFUSES = (stderr: string): FakePython => ({ pip: () => exited(1, { stderr }) });

describe("installPythonTool", () => {
  it("makes an environment, lets pip deliver what the lock names, and compiles it", async () => {
    const { host, interpreter, install } = setup();
    await install();
    expect(commandLines(host, interpreter)).toEqual([
      "PYTHON -I -m venv --without-pip PARTIAL/environment",
      "PYTHON -I -m pip --isolated install --target PARTIAL/environment/lib/python3.11/site-packages --no-compile --quiet --no-input " +
        "--require-hashes --no-deps --only-binary :all: --disable-pip-version-check --retries 2 --timeout 20 -r PARTIAL/work/lock.txt",
      "PYTHON -I -m compileall -q -j 0 --invalidation-mode unchecked-hash PARTIAL/environment/lib/python3.11/site-packages",
    ]);
  });

  it("hands out how to start the tool, from the finished environment", async () => {
    const { host, install } = setup();
    const { launch, version, notices } = await install();
    const [python = "", ...words] = launch;
    expect(words).toEqual(["-I", "-B", "-c", expect.stringMatching(/from bandit\.cli\.main import main\nmain\(\)$/)]);
    expect(python).toMatch(/\/python\/bandit-1\.9\.4-[0-9a-f]{12}-cp311-linux-x64\/environment\/bin\/python$/);
    expect(existsSync(python)).toBe(true);
    expect(version).toBe("1.9.4");
    expect(notices).toEqual([]);
    expect(host.progressed).toEqual(["bandit: installing Bandit 1.9.4 for Python 3.11"]);
  });

  it("gives the network to pip alone, and no variable of the user's to any step", async () => {
    const network = { HTTPS_PROXY: "http://proxy", REQUESTS_CA_BUNDLE: "/certificates" };
    const { host, install } = setup({}, { network });
    await install();
    const ours = ["HOME", "LANG", "PATH", "TEMP", "TMP", "TMPDIR", "USERPROFILE"];
    expect(host.requests.map(({ env }) => Object.keys(env).sort())).toEqual([ours, [...ours, ...Object.keys(network)].sort(), ours]);
  });

  it("starts nothing when the environment is there and whole", async () => {
    const { host, install } = setup();
    const first = await install();
    host.requests.length = 0;
    expect(await install({ offline: true })).toEqual(first);
    expect(host.requests).toEqual([]);
  });

  it("gives pip the index that was asked for", async () => {
    const { host, interpreter, install } = setup();
    await install({ indexUrl: "https://mirror.example/simple" });
    expect(commandLines(host, interpreter)[1]).toContain("--index-url https://mirror.example/simple -r ");
  });

  it("keeps one environment per interpreter", async () => {
    const { install, installed } = setup();
    await install();
    await install({ interpreter: fakeInterpreter() });
    expect(installed()).toHaveLength(2);
  });

  it("refuses a platform whose wheels nobody checked, before anything is started", async () => {
    const { host, install } = setup({}, { platform: { os: "win32", arch: "arm64", cores: 2 } });
    await expect(install()).rejects.toMatchObject({ code: "install-unsupported", message: expect.stringContaining("win32-arm64") });
    expect(host.requests).toEqual([]);
  });
});

describe("pip", () => {
  it("comes from ensurepip when the interpreter has none", async () => {
    const { host, interpreter, install } = setup({}, { interpreter: { hasPip: false } });
    await install();
    expect(commandLines(host, interpreter).slice(1, 3)).toEqual([
      "PYTHON -I -m venv PARTIAL/work/pip",
      expect.stringMatching(/^PARTIAL\/work\/pip\/bin\/python -I -m pip --isolated install --target /),
    ]);
  });

  it("must come from somewhere", async () => {
    const { install, installed } = setup({}, { interpreter: { hasPip: false, hasEnsurepip: false } });
    await expect(install()).rejects.toMatchObject({
      code: "install-unsupported",
      message: expect.stringContaining("has neither pip nor ensurepip"),
      remedy: expect.stringContaining("python3-venv"),
    });
    expect(installed()).toEqual([]);
  });

  it.each([
    {
      cause: "an index that cannot be reached",
      stderr:
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\nERROR: No matching distribution found for bandit==1.9.4",
      code: "download-failed",
      message: "the package index cannot be reached",
      remedy: "`python-index-url`",
    },
    {
      cause: "other bytes than the lock names",
      stderr: "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
      code: "digest-mismatch",
      message: "delivered other files than the lock names",
      remedy: "Do not use this index",
    },
    {
      cause: "an index without the wheel",
      stderr: "ERROR: No matching distribution found for bandit==1.9.4",
      code: "download-failed",
      message: "has no wheel that fits",
      remedy: "`python-index-url`",
    },
    {
      cause: "a full disk",
      stderr: "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
      code: "install-failed",
      message: "is full",
      remedy: "Make room",
    },
    {
      cause: "anything else",
      stderr: "Traceback",
      code: "install-failed",
      message: "pip failed: it ended with status 1 and said: Traceback",
      remedy: "again",
    },
  ])("names $cause and leaves nothing behind", async ({ stderr, code, message, remedy }) => {
    const { install, installed } = setup(PIP_REFUSES(stderr));
    await expect(install()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
    expect(installed()).toEqual([]);
  });

  it("is quoted as one printable line", async () => {
    const { install } = setup(PIP_REFUSES("first\n::error::forged\u001b[2J"));
    await expect(install()).rejects.toThrow(/said: first \| ::error::forged\\u001B\[2J$/);
  });
});

describe("code that would run at the start of the interpreter", () => {
  it.each(["evil.pth", "sitecustomize.py", "usercustomize/__init__.py"])(
    "is refused before any start of the environment: %s",
    async (name) => {
      const { host, interpreter, install, installed } = setup({ packages: { "bandit/__init__.py": "", [name]: "import os" } });
      await expect(install()).rejects.toMatchObject({
        code: "install-failed",
        message: expect.stringContaining("would run code at every start"),
      });
      expect(host.requests.every(({ argv }) => argv[0] === interpreter.executable)).toBe(true);
      expect(installed()).toEqual([]);
    },
  );

  it("is not seen in names that only look alike", async () => {
    const { install } = setup({ packages: { "bandit/evil.pth": "", "sitecustomizer.py": "", "pth.py": "" } });
    await expect(install()).resolves.toMatchObject({ version: "1.9.4" });
  });
});

describe("an interrupted installation", () => {
  it("leaves nothing that could be taken for an installation", async () => {
    const interrupted = () => ({ ...exited(0), end: { kind: "interrupted" as const } });
    const { install, installed } = setup({ pip: interrupted });
    await expect(install()).rejects.toThrow("was stopped because the scan was interrupted");
    expect(installed()).toEqual([]);
  });

  it("that was killed on the spot is not used by the next", async () => {
    const killed = setup({
      pip: () => {
        throw new Error("no time to clean up");
      },
    });
    const kept = temporaryDirectory();
    const { run } = killed.host.processes;
    const spy = async (request: ProcessRequest) => {
      if (request.argv.includes("pip")) cpSync(killed.host.surroundings.cacheDirectory, kept, { recursive: true });
      return await run(request);
    };
    await expect(killed.install()).rejects.toThrow("no time");
    await expect(installPythonTool({ ...requestOf(killed) }, { ...killed.host, processes: { run: spy } })).rejects.toThrow("no time");
    const next = setup({}, { cacheDirectory: kept });
    await expect(next.install({ offline: true })).rejects.toMatchObject({ code: "install-offline" });
    await expect(next.install()).resolves.toMatchObject({ version: "1.9.4" });
  });
});

function requestOf({ interpreter }: Setup): PythonToolRequest {
  return { tool: "bandit", interpreter, indexUrl: null, offline: false, timeoutMs: 60_000 };
}

describe("two installations at once", () => {
  it("both succeed and share the one that was first", async () => {
    const { host, install, installed } = setup();
    const [one, other] = await Promise.all([install(), install()]);
    expect(one).toEqual(other);
    expect(installed()).toHaveLength(1);
    expect(host.progressed).toHaveLength(2);
  });
});

describe("a damaged environment", () => {
  async function damaged() {
    const made = setup();
    const { launch } = await made.install();
    const file = join(launch[0] ?? "", "../../lib/python3.11/site-packages/bandit/cli/main.py");
    writeFileSync(file, "print('evil 1.9.4')\n");
    return { ...made, file };
  }

  it("is installed again, and a notice says so", async () => {
    const { install, file } = await damaged();
    const { notices } = await install();
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /was damaged \(lib\/python3\.11\/site-packages\/bandit\/cli\/main\.py was changed\) and has been installed again\.$/,
      ),
    ]);
    expect(readFileSync(file, "utf8")).toBe("print('bandit 1.9.4')\n");
    expect((await install()).notices).toEqual([]);
  });

  it("is an error offline, and is not started", async () => {
    const { host, install } = await damaged();
    host.requests.length = 0;
    await expect(install({ offline: true })).rejects.toMatchObject({
      code: "install-offline",
      message: expect.stringContaining("is damaged"),
    });
    expect(host.requests).toEqual([]);
  });
});

describe("offline", () => {
  it("says what is missing, where it would be, and how to get it", async () => {
    const { host, install } = setup();
    await expect(install({ offline: true })).rejects.toMatchObject({
      code: "install-offline",
      message: expect.stringMatching(
        /^Bandit 1\.9\.4 for Python 3\.11 is not installed, and `offline` forbids downloading it\. Its place is \/.*\.$/,
      ),
      remedy: expect.stringContaining("Run once without `offline`"),
    });
    expect(host.requests).toEqual([]);
  });
});

describe("a cache that cannot be written", () => {
  it("is named", async () => {
    const { install } = setup({}, { cacheDirectory: "/dev/null/cache" });
    await expect(install()).rejects.toMatchObject({ code: "install-failed", message: expect.stringContaining("/dev/null/cache") });
  });
});
