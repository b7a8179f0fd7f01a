// The base side costs what the change is worth: which scanners start on the base, as the progress lines tell. Real git, the built command line, real scanners.

import { describe, expect, it } from "vitest";
import { type ChangeScan, type Files, findingsBelow, repositoryWith, scanChange } from "../support/stories.ts";

const BASE = {
  "shop.py": "eval(shop)\n",
  "cart.py": "one = 1\n",
  "requirements.txt": "flask==1.0\nurllib3==1.26.4\n",
  Dockerfile: "FROM example/shop:1.4\nADD a /a\n",
  "README.md": "Shop\n",
};

/** What ran, head first, with how much it found. */
function startedIn({ stderr }: ChangeScan): string[] {
  return [...stderr.matchAll(/^(?<run>[a-z]+(?: \(base\))?): \d+ findings/gmu)].map(({ groups }) => groups?.["run"] ?? "");
}

async function startedOnBase(change: Files): Promise<{ started: string[]; findings: string[] }> {
  const scan = await scanChange(repositoryWith(BASE, change), "base");
  const started = startedIn(scan);
  expect(started.filter((run) => !run.endsWith("(base)")).sort()).toEqual(["bandit", "safety", "trivy"]);
  return {
    started: started.filter((run) => run.endsWith("(base)")).sort(),
    findings: findingsBelow(scan.report, "").filter((line) => line.endsWith(" new")),
  };
}

describe("On the base", () => {
  it("Bandit starts alone when one Python file with a finding changes", async () => {
    const { started, findings } = await startedOnBase({ "shop.py": "eval(shop)\nexec(added)\n" });
    expect([started, findings]).toEqual([["bandit (base)"], ["shop.py:2 B102 new"]]);
  });

  it("nothing starts when one Python file without a finding changes", async () => {
    expect(await startedOnBase({ "cart.py": "two = 2\n" })).toEqual({ started: [], findings: [] });
  });

  it("nothing starts when a Python file with a finding is added, for it was not there", async () => {
    expect(await startedOnBase({ "new.py": "eval(new)\n" })).toEqual({ started: [], findings: ["new.py:1 B307 new"] });
  });

  it("nothing starts when documentation changes", async () => {
    expect(await startedOnBase({ "README.md": "The shop\n" })).toEqual({ started: [], findings: [] });
  });

  it("nothing starts when pins change places", async () => {
    expect(await startedOnBase({ "requirements.txt": "urllib3==1.26.4\n\nflask==1.0\n" })).toEqual({ started: [], findings: [] });
  });

  it("Safety and Trivy start when a pin changes and the package is still open to an advisory", async () => {
    const { started, findings } = await startedOnBase({ "requirements.txt": "flask==1.1.4\nurllib3==1.26.4\n" });
    expect([started, findings]).toEqual([["safety (base)", "trivy (base)"], []]);
  });

  it("nothing starts when a pin changes and the package is open to nothing any more", async () => {
    expect(await startedOnBase({ "requirements.txt": "flask==3.1.3\nurllib3==1.26.4\n" })).toEqual({ started: [], findings: [] });
  });

  it("Trivy starts alone when a Dockerfile with a flaw changes", async () => {
    const { started, findings } = await startedOnBase({ Dockerfile: "FROM example/shop:1.4\nADD a /a\nADD b /b\n" });
    expect([started, findings]).toEqual([["trivy (base)"], ["Dockerfile:3 DS-0005 new"]]);
  });
});
