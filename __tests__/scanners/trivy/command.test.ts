import { describe, expect, it } from "vitest";
import type { Pin } from "../../../src/manifests/pin.ts";
import type { Command, ScanTarget } from "../../../src/scanners/scanner.ts";
import { context, scannerOf, target } from "../fixture.ts";

const trivy = scannerOf("trivy");
const [packages, secrets] = trivy.parts;
const image = scannerOf("trivy-image");
const [onImages] = image.parts;

function pin(name: string, version: string): Pin {
  return { name, version, format: "requirements", path: "requirements.txt", startLine: 1, endLine: 1 };
}

function commandFor(scanned: Partial<ScanTarget>): Command {
  const [command, ...others] = packages.commands(target({ files: ["a.txt"], ...scanned }), context());
  if (command === undefined || others.length > 0) throw new Error("expected one command");
  return command;
}

function valueAfter(argv: readonly string[], option: string): string | undefined {
  return argv[argv.indexOf(option) + 1];
}

function inputOf({ inputs }: Command, name: string): string | undefined {
  return inputs.find((input) => input.name === name)?.text;
}

function secretsCommand(scanned: Partial<ScanTarget>, database: string | null = "/db"): Command {
  const [command, ...others] = secrets?.commands(target(scanned), context(database)) ?? [];
  if (command === undefined || others.length > 0) throw new Error("expected one command");
  return command;
}

describe("Trivy's command for the tree", () => {
  it("shows Trivy the given files below a directory, beside pins and canary", () => {
    const command = commandFor({ files: ["dev/a", "b.cfg"], pins: [pin("flask", "1")] });
    expect(command.view).toMatchObject({ name: "scan/tree", files: ["dev/a", "b.cfg"], edits: { files: [] } });
    expect(command.argv.at(-1)).toBe("/private/0/scan");
    expect(inputOf(command, "scan/pins/requirements.txt")).toBe("flask==1\n");
    expect(inputOf(command, "scan/canary/requirements.txt")).toBe("django==2.2.0\n");
  });

  it("names every file Trivy would look for itself, and the names are ours", () => {
    const { argv } = commandFor({});
    const given = ["--config", "--ignorefile", "--ignore-policy", "--secret-config", "--module-dir", "--cache-dir", "--output"];
    expect(given.map((option) => valueAfter(argv, option))).toEqual([
      "/private/0/trivy.yaml",
      "/private/0/ignore",
      "",
      "/private/0/sarif-gate-secret-rules.yaml",
      "/private/0/cwd",
      "/private/0/cache",
      "/private/0/report.json",
    ]);
  });

  it("shows Trivy the database, and nothing else that lies beside it", () => {
    expect(commandFor({}).links).toEqual([{ name: "cache/db", to: "/db/db" }]);
  });

  it("leaves out Python sources, but for one that may be a Dockerfile", () => {
    const files = ["Dockerfile.py", "a.py", "b.pyi", "cONTAINERFILE.pyi", "do\u212aerfile.py", "doc\u212aerfile.py", "e.pyc", "setup.PY"];
    const shown = ["Dockerfile.py", "cONTAINERFILE.pyi", "doc\u212aerfile.py", "e.pyc", "setup.PY"];
    expect(commandFor({ files, possibleInfrastructure: ["Dockerfile.py"] }).view).toMatchObject({
      files: shown,
      edits: { files: ["Dockerfile.py"] },
    });
  });

  it("leaves out nothing where a project file of Maven may name any file", () => {
    expect(commandFor({ files: ["a.py", "java/pom.xml"] }).view?.files).toEqual(["a.py", "java/pom.xml"]);
    expect(commandFor({ files: ["a.py", "java/not-pom.xml"] }).view?.files).toEqual(["java/not-pom.xml"]);
  });

  it("reports everything, hides nothing and touches no network", () => {
    const { argv } = commandFor({});
    expect(valueAfter(argv, "--severity")).toBe("UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL");
    expect(valueAfter(argv, "--exit-code")).toBe("0");
    expect(argv).toEqual(
      expect.arrayContaining(
        ["--show-suppressed", "--include-dev-deps", "--offline-scan", "--skip-db-update", "--skip-java-db-update"].concat([
          "--skip-check-update",
          "--skip-version-check",
          "--disable-telemetry",
          "--quiet",
        ]),
      ),
    );
  });

  it("loads the checks of infrastructure only where there is some, and never those of Terraform, which download", () => {
    expect(valueAfter(commandFor({}).argv, "--scanners")).toBe("vuln");
    expect(commandFor({}).argv).not.toContain("--misconfig-scanners");
    const { argv } = commandFor({ infrastructure: [{ path: "Dockerfile", type: "dockerfile" }] });
    expect(valueAfter(argv, "--scanners")).toBe("vuln,misconfig");
    expect(valueAfter(argv, "--misconfig-scanners")).toBe("dockerfile,kubernetes,cloudformation,azure-arm");
  });

  it("loads them also where Trivy alone can tell whether there is some", () => {
    const scanned: ScanTarget = { ...target({ files: ["values.yaml"] }), possibleInfrastructure: ["values.yaml"] };
    const [command] = packages.commands(scanned, context());
    expect(valueAfter(command?.argv ?? [], "--scanners")).toBe("vuln,misconfig");
  });

  it("passes the time that is left in whole seconds, at least one", () => {
    expect(valueAfter(commandFor({}).argv, "--timeout")).toBe("90s");
    const [command] = packages.commands(target({ files: ["a"] }), { ...context(), timeoutMs: 1 });
    expect(valueAfter(command?.argv ?? [], "--timeout")).toBe("1s");
  });

  it("shows files that may hold comments for Trivy without them", () => {
    const scanned: ScanTarget = { ...target({ files: ["Dockerfile", "a.py"] }), possibleInfrastructure: ["Dockerfile", "chart.tgz"] };
    const edits = packages.commands(scanned, context())[0]?.view?.edits;
    expect(edits?.files).toEqual(["Dockerfile"]);
    expect(edits?.edit(Buffer.from("#trivy:ignore:*")).toString()).toBe("#triv:yignore:*");
  });

  it("renders charts in a process of its own, which sees them alone, without comments, and runs our check on them", () => {
    const files = ["Dockerfile", "a.py", "deploy/Chart.yaml", "deploy/values.yaml", "sub.tgz"];
    const scanned = target({ files, infrastructure: [{ path: "deploy/Chart.yaml", type: "helm" }], possibleInfrastructure: ["sub.tgz"] });
    const [, charts] = packages.commands(scanned, context());
    const shown = ["deploy/Chart.yaml", "deploy/values.yaml", "sub.tgz"];
    expect(charts?.view).toMatchObject({ name: "scan/tree", files: shown, edits: { files: shown } });
    expect(charts?.links).toEqual([]);
    expect(charts?.view?.edits?.edit(Buffer.from("#trivy:ignore:*")).toString()).toBe("#triv:yignore:*");
    const argv = charts?.argv ?? [];
    expect([valueAfter(argv, "--scanners"), valueAfter(argv, "--misconfig-scanners")]).toEqual(["misconfig", "helm"]);
    expect([valueAfter(argv, "--config-check"), valueAfter(argv, "--check-namespaces")]).toEqual(["/private/1/checks", "user"]);
    expect(charts === undefined ? undefined : inputOf(charts, "checks/rendered.rego")).toMatch(/^package user\.sarif_gate$/mu);
  });

  it("lists a package under each name an advisory may know it by", () => {
    const command = commandFor({
      pins: [pin("ruamel_yaml", "0.16"), pin("Zope.Interface", "5.0"), pin("zope-interface", "5.0.0"), pin("Flask", "1")],
    });
    expect(inputOf(command, "scan/pins/requirements.txt")).toBe(
      "flask==1\nruamel-yaml==0.16\nruamel.yaml==0.16\nzope-interface==5.0\nzope.interface==5.0\n",
    );
  });

  it("lists no pins where there are none", () => {
    expect(inputOf(commandFor({}), "scan/pins/requirements.txt")).toBeUndefined();
  });

  it("is for trees with files", () => {
    expect(trivy.appliesTo(target({}))).toEqual({ applies: false, because: "there are no files" });
    expect(trivy.appliesTo(target({ files: ["a"] }))).toEqual({ applies: true });
  });

  it("is not built without a database", () => {
    expect(() => packages.commands(target({ files: ["a"] }), context(null))).toThrow("Trivy has no vulnerability database");
  });
});

describe("Trivy's command for secrets of the tree", () => {
  it("shows Trivy the given files as they are, beside a canary where its own rules would not look", () => {
    const files = ["Dockerfile", "a.py"];
    const command = secretsCommand({ files, pins: [pin("flask", "1")], possibleInfrastructure: ["Dockerfile"] });
    expect(command.view).toEqual({ name: "scan/tree", files });
    expect(command.inputs.map(({ name }) => name).filter((name) => name.startsWith("scan/"))).toEqual(["scan/canary/tests/example.md"]);
    expect(inputOf(command, "scan/canary/tests/example.md")).toMatch(/^token = "ghp_\w{36}"\n$/u);
    expect(command.argv.at(-1)).toBe("/private/0/scan");
  });

  it("looks for secrets alone, with our rules, and reads no lock file", () => {
    const { argv } = secretsCommand({ files: ["a"] });
    const options = ["--scanners", "--pkg-types", "--secret-config", "--cache-dir"];
    expect(options.map((option) => valueAfter(argv, option))).toEqual([
      "secret",
      "os",
      "/private/0/sarif-gate-secret-rules.yaml",
      "/private/0/cache",
    ]);
  });

  it("needs no database, and sees none", () => {
    expect(secretsCommand({ files: ["a"] }, null)).toMatchObject({ links: [] });
  });

  it("is for any of the files by itself, and one process takes them all", () => {
    const files = ["Dockerfile", "a.py", "b"];
    const byFile = secrets?.byFile;
    expect(byFile).toMatchObject({ unit: null, shared: false });
    expect(byFile?.files(target({ files }))).toEqual(files);
    expect(byFile?.only(target({ files, python: ["a.py"] }), ["b"])).toEqual({
      ...target({ python: ["a.py"], files: ["b"] }),
      text: expect.any(Function),
      size: expect.any(Function),
    });
  });
});

describe("Trivy's commands for an image", () => {
  it("read an archive from disk, and scan the canary with the same database", () => {
    const [onImage, onCanary] = onImages.commands(
      target({ image: { kind: "archive", path: "/images/shop.tar", name: "shop" } }),
      context(),
    );
    expect(onImage?.argv.slice(0, 2)).toEqual(["/opt/scanner", "image"]);
    expect(onImage?.argv.slice(-4)).toEqual(["--cache-backend", "memory", "--input", "/images/shop.tar"]);
    expect(onCanary?.argv.at(1)).toBe("fs");
    expect(onCanary?.argv.at(-1)).toBe("/private/1/scan");
    expect(onCanary?.inputs.map(({ name }) => name)).toContain("scan/canary/requirements.txt");
    expect(onImage?.links).toEqual([
      { name: "cache/db", to: "/db/db" },
      { name: "cache/java-db", to: "/db/java-db" },
    ]);
    expect(onCanary?.links).toEqual(onImage?.links);
    expect([onImage, onCanary].map((command) => valueAfter(command?.argv ?? [], "--cache-dir"))).toEqual([
      "/private/0/cache",
      "/private/1/cache",
    ]);
  });

  it("take a reference for no option", () => {
    const [onImage] = onImages.commands(target({ image: { kind: "reference", reference: "--insecure" } }), context());
    expect(onImage?.argv.slice(-4)).toEqual(["--image-src", "docker,remote", "--", "--insecure"]);
  });

  it("are for an image that was given", () => {
    expect(image.appliesTo(target({}))).toEqual({ applies: false, because: "no image was given" });
    expect(image.appliesTo(target({ image: { kind: "reference", reference: "alpine" } }))).toEqual({ applies: true });
    expect(onImages.commands(target({}), context())).toEqual([]);
  });
});

describe("Trivy's exit status", () => {
  it.each([
    [0, "clean"],
    [1, "error"],
    [2, "error"],
    [64, "error"],
    [137, "error"],
  ])("%i means %s", (code, meaning) => {
    expect(trivy.classifyExit(code)).toBe(meaning);
    expect(image.classifyExit(code)).toBe(meaning);
  });
});
