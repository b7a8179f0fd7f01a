// A disk cannot be filled in a test that must run everywhere, so the system's errors are made by hand; a real full disk is in integration/install.test.ts.

import { describe, expect, it } from "vitest";
import { InstallError } from "../../src/errors.ts";
import { diskFull, installFailure, isDiskFull } from "../../src/tools/install-failure.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no`), { code });
}

describe("installFailure", () => {
  it.each([
    ["ENOSPC", "Make room"],
    ["EDQUOT", "Make room"],
    ["EACCES", "writable"],
    ["EROFS", "read-only"],
  ])("turns %s into an InstallError with a remedy", (code, remedy) => {
    expect(installFailure("Trivy", systemError(code))).toMatchObject({
      code: "install-failed",
      message: `Trivy could not be installed: ${code}: no`,
      remedy: expect.stringContaining(remedy),
    });
  });

  it("sees a full disk behind a failed download", () => {
    const failed = new InstallError("download-failed", "the file could not be downloaded: ENOSPC", { cause: systemError("ENOSPC") });
    expect(isDiskFull(failed)).toBe(true);
    expect(installFailure("Trivy", failed)).toMatchObject({ code: "install-failed", remedy: expect.stringContaining("Make room") });
  });

  it("passes on what is an error for users already", () => {
    const failed = new InstallError("download-failed", "refused", { cause: systemError("ECONNREFUSED") });
    expect(installFailure("Trivy", failed)).toBe(failed);
  });

  it("passes on what is a bug of ours", () => {
    const bug = new TypeError("undefined is not a function");
    expect(installFailure("Trivy", bug)).toBe(bug);
  });
});

describe("diskFull", () => {
  it.each(["OSError: [Errno 28] No space left on device", "write /cache/trivy.db: no space left on device", "Disk quota exceeded"])(
    "knows %s",
    (words) => {
      expect(diskFull("Trivy", words, "/cache")?.message).toBe("Trivy could not be installed: the disk that holds /cache is full.");
    },
  );

  it("leaves other words alone", () => {
    expect(diskFull("Trivy", "connection refused", "/cache")).toBeNull();
  });
});
