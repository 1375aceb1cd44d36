"""What the scripts that measure have in common: valgrind, what a number was measured on, and their sections of docs/performance.md."""

import contextlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import section

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "performance.md"


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8", **options).stdout


def need_valgrind():
    if shutil.which("valgrind"):
        return
    print("installing valgrind with apt-get")
    root = [] if os.geteuid() == 0 else ["sudo"]
    try:
        subprocess.run(root + ["apt-get", "install", "--yes", "--quiet", "valgrind"], check=True,
                       stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        sys.exit("valgrind is needed, and could not be installed: see https://valgrind.org")


def one_core():
    """Keeps a process that was started to one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def version(*command):
    try:
        return run(*command).splitlines()[0].strip()
    except (OSError, subprocess.CalledProcessError):
        return f"{command[0]}: unknown"


def commit():
    """What was measured: the commit, and whether something has changed since, the documents apart."""
    try:
        short = run("git", "rev-parse", "--short", "HEAD", cwd=ROOT).strip()
        changed = run("git", "status", "--porcelain", "--", ".", ":!docs", cwd=ROOT).strip()
    except (OSError, subprocess.CalledProcessError):
        return "no commit is known"
    return f"commit {short} with changes" if changed else f"commit {short}"


def machine():
    processor = "an unknown processor"
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        processor = found.group(1) if found else processor
    return f"{os.cpu_count()} cores of {processor}, {platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}; {commit()}"


def locked(*names):
    """The versions of these crates in benches/Cargo.lock; of two, the newer."""
    lock = (ROOT / "benches" / "Cargo.lock").read_text(encoding="utf-8")
    found = dict(re.findall(r'name = "([^"]*)"\nversion = "([^"]*)"', lock))
    return ", ".join(f"{name} {found[name]}" for name in names)


def markdown(rows):
    """A table; the first row is its heads, the first column its names."""
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(rows[0]), line(["---"] + ["---:"] * (len(rows[0]) - 1))] + [line(row) for row in rows[1:]])


def show(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  " + "  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                               for place, (cell, width) in enumerate(zip(row, widths))))
    print(flush=True)


def write_section(script, text):
    section.write(script, text, REPORT)
    print(f"written to {REPORT.relative_to(ROOT)}")
