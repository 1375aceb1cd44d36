#!/usr/bin/env python3
"""Proves that a crate's public API names no type and no trait of a crate that is not meant to be seen in it.

    public-foreign-types.py PACKAGE...     lists the foreign types in each one's public API; exits 1 when one is not allowed
    public-foreign-types.py --self-test    reads a small crate with planted violations: must find them all, and nothing else

It reads what rustdoc knows (its JSON), so that a type counts for what it is and not for how it is spelled:
`std::string::String` is alloc's and allowed, `std::io::Error` is std's alone and is not. The format is not stable yet:
RUSTC_BOOTSTRAP lets the stable rustdoc write it, for this one crate, and the self-test says whether it is still understood.

What is read: everything that a user can name or reach from what can be named: arguments and results, public fields,
variants, bounds, associated types, constants, aliases, re-exports, and both sides of every impl; also hidden from the
documentation, and also through `pub` types of private modules. What is not: the bodies of macros.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import usage

ALLOWED = {
    "core": "the language",
    "alloc": "the language",
    "http": "the shared vocabulary of HTTP in Rust, 1.x",
    "bytes": "part of that vocabulary, 1.x",
    "serde": "users write their own operations' values with it, 1.x",
    "serde_core": "where serde's traits live since 1.0.220",
    "serde_json": "the JSON that is kept and handed on, 1.x",
    "uuid": "idempotency keys come from UUIDs, 1.x",
}

OURS = {"cashlink_client": "what the adapters are for", "cashlink_core": "the protocol"}
# What a package may show besides: an adapter names its HTTP client. All of it must be shown, or the line goes.
BESIDES = {
    "cashlink-client": {
        "cashlink_core": OURS["cashlink_core"],
        "std": "files, and readers of documents",
        # Lists are streams of futures_core 0.3, too: implemented for an alias, which rustdoc's JSON leaves out.
        "http_body": "bodies in the async world, 1.x",
    },
    "cashlink-ureq": {**OURS, "ureq": "the agent, 3.x"},
    "cashlink-reqwest": {**OURS, "reqwest": "the client, 0.13"},
    "cashlink-hyper": {
        **OURS,
        "http_body": "bodies in the async world, 1.x",
        "hyper": "its timers, 1.x",
        "hyper_rustls": "the connector, 0.27",
        "hyper_util": "the client and what builds it, 0.1",
        "tower_service": "what every stack of layers is, 0.3",
    },
    "cashlink-conformance": {"cashlink_client": "transports are what it tries"},
}


class Api:
    """The public API in one rustdoc JSON document."""

    def __init__(self, document):
        self.index = document["index"]
        self.paths = document["paths"]
        self.crates = document["external_crates"]
        self.foreign = {}  # (crate, path) -> the public items that name it
        self.reached = set()  # ids of this crate's items that were read
        # Those that somebody wrote in this crate: not the automatic ones, nor what a blanket impl gives to every type.
        self.impls = {
            number: item["inner"]["impl"]
            for number, item in self.index.items()
            if item["crate_id"] == 0
            and "impl" in item["inner"]
            and not item["inner"]["impl"]["is_synthetic"]
            and not item["inner"]["impl"]["blanket_impl"]
        }
        self.read_item(str(document["root"]), "")
        self.read_impls()

    def read_item(self, number, place):
        """One item that is known to be public, and what it contains."""
        item = self.index.get(number)
        if item is None or number in self.reached or item["crate_id"] != 0:
            return
        self.reached.add(number)
        # Re-exports and impls have no name of their own.
        place = "::".join(part for part in (place, item["name"]) if part)
        ((kind, inner),) = item["inner"].items()
        if kind == "module":
            self.read_public(inner["items"], place)
        elif kind == "use":
            self.read_use(inner, place)
        elif kind == "extern_crate":
            # Of `extern crate a as b`, rustdoc 1.95 says that the name is b and the new name a.
            known = {crate["name"] for crate in self.crates.values()}
            name = next((name for name in (inner["rename"], inner["name"]) if name in known), inner["name"])
            self.note(name, name, place)
        elif kind in ("struct", "union", "enum", "trait", "variant"):
            self.read_container(kind, inner, place)
        elif kind in ("function", "constant", "static", "type_alias", "struct_field", "assoc_type", "assoc_const"):
            self.read_signature(inner, place)
        elif kind not in ("macro", "proc_macro", "primitive"):
            sys.exit(f"{place}: rustdoc describes a `{kind}`, which this script does not know")

    def read_public(self, numbers, place):
        """Those of a container's items that are public: by their own word, or, in traits and variants, with their owner."""
        for number in map(str, numbers):
            if number in self.index and self.index[number]["visibility"] in ("public", "default"):
                self.read_item(number, place)

    def read_container(self, kind, inner, place):
        inside = []
        if kind in ("union", "enum"):
            inside = inner["fields"] if kind == "union" else inner["variants"]
        elif kind == "trait":
            inside = inner["items"]
            self.read_signature(inner["bounds"], place)
        else:
            shape = inner["kind"]  # "unit" or "plain", or the fields under the name of the shape
            if isinstance(shape, dict):
                ((_, fields),) = shape.items()
                inside = fields["fields"] if isinstance(fields, dict) else [field for field in fields if field is not None]
        self.read_signature(inner.get("generics", {}), place)
        self.read_public(inside, place)

    def read_use(self, inner, place):
        number = str(inner["id"])
        if number in self.index and self.index[number]["crate_id"] == 0:
            self.read_item(number, place)
        else:
            # Not everything that can be re-exported has a path of its own (macros have none): then as it is written.
            path = self.paths.get(number)
            name = self.crate_of(path) if path else inner["source"].split("::")[0]
            self.note(name, "::".join(path["path"]) if path else inner["source"], f"{place} (pub use {inner['source']})")

    def read_signature(self, part, place):
        """Any part of a signature: every object with a path and an id in it is a named type or trait."""
        if isinstance(part, list):
            for entry in part:
                self.read_signature(entry, place)
        elif isinstance(part, dict):
            if "path" in part and "id" in part:
                self.read_path(str(part["id"]), part["path"], place)
            for entry in part.values():
                self.read_signature(entry, place)

    def read_path(self, number, spelled, place):
        path = self.paths.get(number)
        if path is None:
            # Without a summary it can only be an item of this crate.
            if number not in self.index:
                sys.exit(f"{place}: rustdoc says nothing about `{spelled}`")
        elif path["crate_id"] != 0:
            self.note(self.crate_of(path), "::".join(path["path"]), place)
            return
        # A private item can stand here only where users can't use it: in an impl of or for something private.
        if number in self.index and self.index[number]["visibility"] == "public":
            self.read_item(number, "")

    def read_impls(self):
        """Every impl whose own items are all public, until no new one turns up: reading one may make others public."""
        unread = dict(self.impls)
        while True:
            ready = [number for number, impl in unread.items() if self.local_ids(impl) <= self.reached]
            if not ready:
                return
            for number in ready:
                impl = unread.pop(number)
                place = self.named(impl["for"])
                if impl["trait"]:
                    place = f"impl {self.named(impl['trait'])} for {place}"
                self.read_signature([impl["trait"], impl["for"], impl["generics"]], place)
                self.read_public(impl["items"], place)

    def local_ids(self, impl):
        """The ids of this crate's types and traits between `impl` and `{`."""
        found, left = set(), [impl["trait"], impl["for"]]
        while left:
            part = left.pop()
            if isinstance(part, list):
                left.extend(part)
            elif isinstance(part, dict):
                left.extend(part.values())
                if "path" in part and "id" in part and str(part["id"]) in self.index:
                    if self.index[str(part["id"])]["crate_id"] == 0:
                        found.add(str(part["id"]))
        return found

    def named(self, part):
        """A short name for a type or trait, for people."""
        while isinstance(part, dict) and "path" not in part:
            part = part.get("type") or next(iter(part.values()))
        return part["path"] if isinstance(part, dict) else str(part)

    def crate_of(self, path):
        return self.crates[str(path["crate_id"])]["name"]

    def note(self, crate, path, place):
        places = self.foreign.setdefault((crate, path), [])
        if place not in places:
            places.append(place)


def document(package, folder):
    """Has rustdoc describe `package` of the workspace in `folder`, private items included, and reads what it wrote."""
    crate = package.replace("-", "_")
    build = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", pathlib.Path(folder, "target")))
    subprocess.run(
        ["cargo", "rustdoc", "--quiet", "--lib", "--package", package, "--", "-Zunstable-options", "--output-format=json"]
        + ["--document-private-items", "--document-hidden-items", "--cap-lints=allow"],
        cwd=folder,
        env={**os.environ, "RUSTC_BOOTSTRAP": crate, "CARGO_TARGET_DIR": str(build.absolute())},
        check=True,
    )
    return json.loads(pathlib.Path(build, "doc", f"{crate}.json").read_text(encoding="utf-8"))


def check(package):
    foreign = Api(document(package, ".")).foreign
    besides = BESIDES.get(package, {})
    allowed = {**ALLOWED, **besides}
    if not foreign:
        sys.exit(f"{package}: no foreign type at all, not even core's: the API was not read")
    language = sum(crate in ("core", "alloc") for crate, _ in foreign)
    print(f"{package}: {language} of core and alloc, and:")
    for (crate, path), places in sorted(foreign.items()):
        if crate not in ("core", "alloc"):
            verdict = "ok       " if crate in allowed else "FORBIDDEN"
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            print(f"  {verdict} {path}, in {places[0]}{more}")
    shown = {crate for crate, _ in foreign}
    if shown - allowed.keys():
        forbidden = ", ".join(sorted(shown - allowed.keys()))
        sys.exit(f"{package}: its public API shows {forbidden}; allowed are {', '.join(sorted(allowed))}")
    if besides.keys() - shown:
        sys.exit(f"{package}: allowed, but not shown: {', '.join(sorted(besides.keys() - shown))}")


# Every public use of the crate `foreign` stands on a line that ends with `//!` and what must be found there.
PLANTED = """
mod hidden {
    pub struct Opaque;
    impl Opaque {
        pub fn shown(&self) -> foreign::Result { todo!() } //! foreign::Result
        fn private(&self) -> foreign::Unseen { todo!() }
    }
    pub trait Sealed {}
    pub struct Unreached(pub foreign::Unseen);
    impl Unreached { pub fn unreached(&self) -> foreign::Unseen { todo!() } }
}
mod reexported { pub fn f(_: foreign::ThroughGlob) {} } //! foreign::ThroughGlob
pub use reexported::*;
pub fn opaque() -> hidden::Opaque { todo!() }
pub struct Struct { pub a: foreign::Field, b: foreign::Unseen } //! foreign::Field
pub struct Tuple(pub foreign::TupleField, foreign::Unseen); //! foreign::TupleField
pub enum Enum { A(foreign::Variant), B { b: std::io::Error } } //! foreign::Variant std::io::error::Error
pub(crate) enum Internal { A(foreign::Unseen) }
impl From<Internal> for Struct { fn from(_: Internal) -> Self { todo!() } }
impl From<foreign::Argument> for Struct { fn from(_: foreign::Argument) -> Self { todo!() } } //! foreign::Argument
impl From<Struct> for foreign::Target { fn from(_: Struct) -> Self { todo!() } } //! foreign::Target
impl foreign::Implemented for Struct { type T = foreign::Associated; } //! foreign::Implemented foreign::Associated
pub trait Open: hidden::Sealed + foreign::Super { //! foreign::Super
    type A: foreign::Bound; //! foreign::Bound
    fn m(&self) -> Self::A where Self::A: foreign::Where; //! foreign::Where
}
impl hidden::Sealed for foreign::Sealable {} //! foreign::Sealable
pub trait Local {}
impl<T: foreign::Blanket> Local for T {} //! foreign::Blanket
pub type Alias = Option<foreign::Aliased>; //! foreign::Aliased
pub const CONSTANT: Option<foreign::Constant> = None; //! foreign::Constant
pub static STATIC: Option<foreign::Static> = None; //! foreign::Static
pub use foreign::Renamed as Again; //! foreign::Renamed
pub use foreign::module; //! foreign::module
pub use foreign::function; //! foreign::function
pub use foreign::declared; //! foreign::declared
pub extern crate foreign as third; //! foreign
pub fn dynamic(_: &dyn foreign::Dynamic) {} //! foreign::Dynamic
pub fn pointer(_: fn(foreign::Pointed), _: [foreign::Element; 2]) {} //! foreign::Pointed foreign::Element
pub fn closure(_: impl Fn(foreign::Input) -> u8) {} //! foreign::Input
pub fn iterator() -> impl Iterator<Item = foreign::Output> { [].into_iter() } //! foreign::Output
pub fn generic<T: foreign::Generic>(_: T) {} //! foreign::Generic
#[doc(hidden)]
pub mod undocumented { pub fn f(_: foreign::Undocumented) {} } //! foreign::Undocumented
pub fn map(_: std::collections::HashMap<u8, u8>) {} //! std::collections::hash::map::HashMap
pub fn language(_: std::string::String, _: std::sync::Arc<str>, _: std::net::IpAddr, _: std::time::Duration) {}
fn private(_: foreign::Unseen) {}
#[cfg(test)]
pub fn test(_: foreign::Unseen) {}
"""
TRAITS = ("Implemented", "Super", "Bound", "Where", "Blanket", "Dynamic", "Generic")
OTHERS = ("module", "function", "declared")


def self_test():
    marks = [line.split("//!")[1] for line in PLANTED.splitlines() if "//!" in line]
    expected = {path for mark in marks for path in mark.split()}
    names = sorted({path.split("::")[1] for path in expected if path.startswith("foreign::")} | {"Unseen"})
    foreign = ["pub mod module {}", "pub fn function() {}", "#[macro_export] macro_rules! declared { () => {} }"]
    foreign.append("pub trait Everywhere {} impl<T: ?Sized> Everywhere for T {}")
    for name in names:
        if name == "Implemented":
            foreign.append("pub trait Implemented { type T; }")
        elif name in TRAITS:
            foreign.append(f"pub trait {name} {{}}")
        elif name not in OTHERS:
            foreign.append(f"pub struct {name};")
    # `//!` is no comment where it stands here.
    subject = "\n".join(line.split("//!")[0] for line in PLANTED.splitlines())

    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)

        def write(path, text):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

        package = '[package]\nname = "{}"\nedition = "2024"\n'
        write(root / "Cargo.toml", '[workspace]\nresolver = "3"\nmembers = ["foreign", "subject"]\n')
        write(root / "foreign/Cargo.toml", package.format("foreign"))
        write(root / "foreign/src/lib.rs", "\n".join(foreign))
        dependency = '[dependencies]\nforeign = { path = "../foreign" }\n'
        write(root / "subject/Cargo.toml", package.format("subject") + dependency)
        write(root / "subject/src/lib.rs", subject)
        toolchain = pathlib.Path("rust-toolchain.toml")
        if toolchain.exists():
            write(root / "rust-toolchain.toml", toolchain.read_text(encoding="utf-8"))
        os.environ["CARGO_TARGET_DIR"] = str(root / "target")
        api = Api(document("subject", root))
    found = {path for crate, path in api.foreign if crate not in ("core", "alloc")}
    if found != expected:
        sys.exit(f"self-test: missed {sorted(expected - found)}, reported for nothing {sorted(found - expected)}")
    print(f"self-test: all {len(expected)} planted types found, and nothing else")


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    elif sys.argv[1:] and not any(argument.startswith("-") for argument in sys.argv[1:]):
        for package in sys.argv[1:]:
            check(package)
    else:
        usage.end(__doc__)
