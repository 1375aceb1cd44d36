#!/usr/bin/env python3
"""Lists the public types of a crate, so that a test can say of each that it was tried.

    public-types.py PACKAGE...            writes the lists: crates/PACKAGE/tests/canaries/public-types.txt
    public-types.py --check PACKAGE...    exits 1 when a list is not what rustdoc says
    public-types.py --self-test           reads a small crate with planted types: must list those that are public, and no other

Of each public struct, enum, union and trait a line: its kind, and the path at which it is defined, which is what
`core::any::type_name` says of it in the test. Public is what a user can name, or reach from what can be named: the
reader is that of public-foreign-types.py, which says more about it.
"""

import importlib.util
import os
import pathlib
import sys
import tempfile

import usage

KINDS = ("struct", "enum", "union", "trait")


def reader():
    path = pathlib.Path(__file__).with_name("public-foreign-types.py")
    spec = importlib.util.spec_from_file_location("public_foreign_types", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


READER = reader()


def types(package, folder="."):
    """The lines for one package."""
    document = READER.document(package, folder)
    api = READER.Api(document)
    lines = []
    for number in api.reached:
        ((kind, _),) = api.index[number]["inner"].items()
        if kind in KINDS:
            lines.append(f"{kind} {'::'.join(api.paths[number]['path'])}\n")
    if not lines:
        sys.exit(f"{package}: no public type at all: the API was not read")
    return sorted(lines)


def place(package):
    return pathlib.Path("crates", package, "tests/canaries/public-types.txt")


def check(package):
    found = set(types(package))
    listed = set(place(package).read_text(encoding="utf-8").splitlines(keepends=True))
    for line in sorted(found - listed):
        print(f"{package}: not listed: {line}", end="")
    for line in sorted(listed - found):
        print(f"{package}: listed, but no longer public: {line}", end="")
    if found == listed:
        print(f"{package}: all {len(found)} public types are listed")
    return found == listed


PLANTED = """
mod hidden {
    pub struct Reached;
    pub struct Unreached;
    pub trait Sealed {}
    pub enum Variant { A(super::InVariant), B }
}
pub struct InVariant;
pub struct Named<T>(T);
pub mod open { pub enum Choice {} pub union Either { pub a: u8 } }
pub trait Open: hidden::Sealed {}
pub use hidden::Variant as Renamed;
pub fn returns() -> hidden::Reached { todo!() }
pub(crate) struct Internal;
struct Private;
#[doc(hidden)]
pub struct Undocumented;
#[cfg(test)]
pub struct Test;
pub type Alias = Named<u8>;
"""
EXPECTED = """enum subject::hidden::Variant
enum subject::open::Choice
struct subject::InVariant
struct subject::Named
struct subject::Undocumented
struct subject::hidden::Reached
trait subject::Open
trait subject::hidden::Sealed
union subject::open::Either
"""


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "src").mkdir()
        (root / "Cargo.toml").write_text('[workspace]\n[package]\nname = "subject"\nedition = "2024"\n', encoding="utf-8")
        (root / "src/lib.rs").write_text(PLANTED, encoding="utf-8")
        toolchain = pathlib.Path("rust-toolchain.toml")
        if toolchain.exists():
            (root / "rust-toolchain.toml").write_text(toolchain.read_text(encoding="utf-8"), encoding="utf-8")
        os.environ["CARGO_TARGET_DIR"] = str(root / "target")
        found = "".join(types("subject", root))
    if found != EXPECTED:
        sys.exit(f"self-test: expected\n{EXPECTED}found\n{found}")
    print(f"self-test: all {len(EXPECTED.splitlines())} planted types found, and no other")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        self_test()
    elif arguments[:1] == ["--check"] and arguments[1:]:
        if not all([check(package) for package in arguments[1:]]):
            sys.exit("write the lists anew: python3 scripts/public-types.py PACKAGE...; then show each new type a canary")
    elif arguments and not any(argument.startswith("-") for argument in arguments):
        for package in arguments:
            lines = types(package)
            place(package).parent.mkdir(parents=True, exist_ok=True)
            place(package).write_text("".join(lines), encoding="utf-8")
            print(f"{place(package)}: {len(lines)} types")
    else:
        usage.end(__doc__)
