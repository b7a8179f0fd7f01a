#!/usr/bin/env python3
"""Write <tool>-<python>.txt and platforms.json: every wheel of every dependency of the Python scanners, by hash.

pip resolves each tool once per Python minor and platform, seeing that platform's environment markers and wheels.
Versions already locked here are kept unless --upgrade is given, so a second run changes no byte. Refuses to write when a
platform lacks a wheel and INCOMPLETE does not say so, or a wheel has no sha256. Names no package index: pip knows its own.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

# pip has no public way to list the hashes of all wheels or to evaluate markers for another machine; see README.md.
from pip._internal.cli.cmdoptions import make_target_python
from pip._internal.commands import create_command
from pip._vendor.packaging import markers
from pip._vendor.packaging.utils import canonicalize_name
from pip._vendor.packaging.version import Version

# What we decide; pip decides the rest. The first pin of a tool is the tool itself.
# safety 3.8 needs its vendor's login host on every run; safety 3.7.0 itself does not exclude
# typer 0.26, which it cannot import, nor Authlib 2.
TOOLS = {
    "bandit": ["bandit==1.9.4"],
    "safety": ["safety==3.7.0", "authlib==1.9.8", "click==8.5.1", "typer==0.25.1"],
}
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
# (tool, python, platform) that cannot be installed from wheels alone, and which package has none.
INCOMPLETE: dict[tuple[str, str, str], str] = {}


class Platform(NamedTuple):
    """One operating system and processor; every version must have a wheel for its `oldest` system."""

    system: str
    machine: str
    oldest: str
    oldest_tags: list[str]
    newer_tags: list[str]


def glibc(machine: str, newest: int) -> list[str]:
    """Wheel tags for glibc 2.5 to 2.<newest>."""
    return [f"manylinux{name}_{machine}" for name in ("1", "2010", "2014", *(f"_2_{n}" for n in range(5, newest + 1)))]


def musl(machine: str) -> list[str]:
    """Wheel tags for musl 1.0 to 1.5 (Alpine)."""
    return [f"musllinux_1_{n}_{machine}" for n in range(6)]


# Named as Node names them: process.platform-process.arch. A macOS tag stands for all older ones too.
PLATFORMS = {
    "darwin-arm64": Platform("darwin", "arm64", "macOS 11", ["macosx_11_0_arm64"], ["macosx_30_0_arm64"]),
    "darwin-x64": Platform("darwin", "x86_64", "macOS 11", ["macosx_11_0_x86_64"], ["macosx_30_0_x86_64"]),
    "linux-arm64": Platform("linux", "aarch64", "glibc 2.17", glibc("aarch64", 17), glibc("aarch64", 45) + musl("aarch64")),
    "linux-x64": Platform("linux", "x86_64", "glibc 2.17", glibc("x86_64", 17), glibc("x86_64", 45) + musl("x86_64")),
    "win32-x64": Platform("win32", "AMD64", "Windows", ["win_amd64"], []),
}
NAMES = {"darwin": ("posix", "Darwin"), "linux": ("posix", "Linux"), "win32": ("nt", "Windows")}
HERE = Path(__file__).parent
this_machine = markers.default_environment


def pretend(python: str, platform: Platform) -> None:
    """Make pip evaluate environment markers as that interpreter would: `--python-version` alone does not.

    The patch level is 0, so a dependency that only early patch releases need is locked too.
    """
    os_name, system = NAMES[platform.system]
    environment = {
        **this_machine(),
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": os_name,
        "platform_machine": platform.machine,
        "platform_python_implementation": "CPython",
        "platform_system": system,
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": platform.system,
    }
    markers.default_environment = lambda: dict(environment)
    if not markers.Marker(f'sys_platform == "{platform.system}" and python_version == "{python}"').evaluate():
        raise SystemExit("this pip evaluates environment markers in another way: use the version README.md names")


def target(python: str, tags: list[str]) -> list[str]:
    """The pip options that select the wheels of one interpreter."""
    platforms = [option for tag in tags for option in ("--platform", tag)]
    return ["--quiet", "--only-binary", ":all:", "--python-version", python, *platforms]


def resolve(pins: list[str], python: str, platform: Platform, pip_options: list[str]) -> dict[str, str] | None:
    """Name to version of everything `pins` needs there, or None when pip finds no set of wheels."""
    pretend(python, platform)
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory, "report.json")
        options = ["--dry-run", "--ignore-installed", "--report", str(report), *pip_options]
        if create_command("install").main([*target(python, platform.oldest_tags), *options, *pins]) != 0:
            return None
        found = [item["metadata"] for item in json.loads(report.read_text("utf-8"))["install"]]
    return {canonicalize_name(item["name"]): str(Version(item["version"])) for item in found}


def wheel_hashes(pins: list[tuple[str, str]], python: str, index: list[str]) -> dict[tuple[str, str], list[str]]:
    """The sorted sha256 of every wheel of each (name, version) that CPython `python` can use on any platform."""
    tags = [tag for platform in PLATFORMS.values() for tag in (*platform.oldest_tags, *platform.newer_tags)]
    command = create_command("download")
    options, _ = command.parse_args([*target(python, tags), *index])
    hashes = {}
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session, make_target_python(options))
        for name, version in pins:
            wheels = [found.link for found in finder.find_all_candidates(name) if found.version == Version(version)]
            if not wheels or any(wheel.hash_name != "sha256" or wheel.is_yanked for wheel in wheels):
                raise SystemExit(f"{name} {version}: no wheel, a wheel without sha256, or a withdrawn release")
            hashes[name, version] = sorted({wheel.hash for wheel in wheels})
    return hashes


def marker(where: list[str], everywhere: list[str]) -> str:
    """The environment marker that is true on the platforms `where`; empty when these are all."""
    if where == everywhere:
        return ""
    terms = []
    for system in sorted({PLATFORMS[key].system for key in where}):
        machines = {key: PLATFORMS[key].machine for key in everywhere if PLATFORMS[key].system == system}
        test = f'sys_platform == "{system}"'
        narrowed = [f'{test} and platform_machine == "{machine}"' for key, machine in machines.items() if key in where]
        terms += [test] if len(narrowed) == len(machines) else narrowed
    return f" ; {' or '.join(terms)}"


def kept_versions(lock: Path) -> str:
    """The pins of an existing lock without their hashes, as pip constraints."""
    lines = lock.read_text("utf-8").splitlines() if lock.exists() else []
    return "".join(line.removesuffix(" \\") + "\n" for line in lines if line and line[0] not in "# ")


def lock_text(tool: str, python: str, index: list[str], constraints: str) -> str:
    """One lock: sorted pins, each with its marker and the sorted hashes of its wheels."""
    everywhere = [key for key in PLATFORMS if (tool, python, key) not in INCOMPLETE]
    where: dict[tuple[str, str], list[str]] = {}
    for key in everywhere:
        versions = resolve(TOOLS[tool], python, PLATFORMS[key], [*index, "--constraint", constraints])
        if versions is None:
            raise SystemExit(f"{tool}, Python {python}, {key}: pip could not resolve it from wheels alone (its reason is above)")
        for pin in versions.items():
            where.setdefault(pin, []).append(key)
    pins = sorted(where)
    hashes = wheel_hashes(pins, python, index)
    lines = [f"# {TOOLS[tool][0]} for CPython {python}, made by make-locks.py"]
    for name, version in pins:
        digests = [f"--hash=sha256:{digest}" for digest in hashes[name, version]]
        lines.append(" \\\n    ".join([f"{name}=={version}{marker(where[name, version], everywhere)}", *digests]))
    return "\n".join(lines) + "\n"


def platforms_text() -> str:
    """platforms.json: the platforms that were checked, and where a tool has no complete set of wheels and why."""
    oldest = {key: platform.oldest for key, platform in PLATFORMS.items()}
    tools = {}
    for tool, pins in TOOLS.items():
        incomplete = {
            python: {key: INCOMPLETE[tool, python, key] for key in PLATFORMS if (tool, python, key) in INCOMPLETE}
            for python in PYTHONS
        }
        tools[tool] = {"version": pins[0].partition("==")[2], "incomplete": incomplete}
    return json.dumps({"platforms": oldest, "tools": tools}, indent=2) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the locks of the Python scanners beside this file.")
    parser.add_argument("--upgrade", action="store_true", help="choose the newest versions instead of the locked ones")
    parser.add_argument("--index-url", help="package index (default: the one pip is configured for)")
    arguments = parser.parse_args()
    index = ["--index-url", arguments.index_url] if arguments.index_url else []
    texts = {"platforms.json": platforms_text()}
    with tempfile.TemporaryDirectory() as directory:
        constraints = Path(directory, "constraints.txt")
        for tool in TOOLS:
            for python in PYTHONS:
                name = f"{tool}-{python}.txt"
                constraints.write_text("" if arguments.upgrade else kept_versions(HERE / name), "utf-8")
                print(name, file=sys.stderr)
                texts[name] = lock_text(tool, python, index, str(constraints))
    for name, text in texts.items():
        (HERE / name).write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
