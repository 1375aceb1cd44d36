//! `std` can't be named in the core: a line that does, planted in a copy of it, doesn't compile, and the copy without it
//! does.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::Value;

const PLANTED: &str = r#"
/// Reads the environment, which only std can.
pub fn planted() -> bool {
    std::env::var_os("X").is_some()
}
"#;

#[test]
fn std_does_not_compile_in_the_core_and_the_core_without_it_does() {
    let copy = copy_of_the_core();
    let lib = copy.join("src/lib.rs");
    let source = fs::read_to_string(&lib).unwrap();
    assert!(source.lines().any(|line| line == "#![no_std]"));
    assert_eq!(errors_in(&copy), [] as [String; 0]);

    fs::write(&lib, source + PLANTED).unwrap();
    let errors = errors_in(&copy);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].starts_with("error[E0433]"), "{}", errors[0]);
    assert!(errors[0].contains("`std`") && errors[0].contains(r#"std::env::var_os("X")"#), "{}", errors[0]);
}

/// The sources with the same dependencies, as a package of its own in a folder of its own.
fn copy_of_the_core() -> PathBuf {
    let package = core();
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("core-copy");
    if copy.exists() {
        fs::remove_dir_all(&copy).unwrap();
    }
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &copy.join("src"));
    fs::copy(package.workspace.join("Cargo.lock"), copy.join("Cargo.lock")).unwrap();
    fs::write(copy.join("Cargo.toml"), package.manifest()).unwrap();
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The compiler's errors, each as it shows it.
fn errors_in(copy: &Path) -> Vec<String> {
    #[derive(Deserialize)]
    struct Line {
        reason: String,
        message: Option<Message>,
    }

    #[derive(Deserialize)]
    struct Message {
        level: String,
        rendered: String,
        // "aborting due to 1 previous error" has none.
        spans: Vec<Value>,
    }

    // Offline, with the workspace's lock: the very crates that this test was built with. Both checks share one folder,
    // so that those are compiled once.
    let output = cargo(copy, &["check", "--offline", "--message-format=json", "--target-dir"], |command| {
        command.arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("core-copy-target"));
    });
    let errors: Vec<_> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Line>(line).unwrap())
        .filter(|line| line.reason == "compiler-message")
        .filter_map(|line| line.message)
        .filter(|message| message.level == "error" && !message.spans.is_empty())
        .map(|message| message.rendered)
        .collect();
    // Whatever else stops Cargo is no verdict of the compiler's.
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), errors.is_empty(), "{said}");
    errors
}

struct Core {
    workspace: PathBuf,
    edition: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    kind: Option<String>,
    optional: bool,
    path: Option<PathBuf>,
    features: Vec<String>,
    uses_default_features: bool,
}

/// What Cargo says about this package.
fn core() -> Core {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
        workspace_root: PathBuf,
    }

    #[derive(Deserialize)]
    struct Package {
        name: String,
        edition: String,
        dependencies: Vec<Dependency>,
    }

    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = cargo(here, &["metadata", "--no-deps", "--offline", "--format-version", "1"], |_| {});
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).unwrap();
    let package =
        metadata.packages.into_iter().find(|package| package.name == env!("CARGO_PKG_NAME")).unwrap();
    Core { workspace: metadata.workspace_root, edition: package.edition, dependencies: package.dependencies }
}

impl Core {
    fn manifest(&self) -> String {
        // An empty `[workspace]`: the folder lies below the real one.
        let mut manifest = format!(
            "[workspace]\n\n[package]\nname = \"{}\"\nversion = \"{}\"\nedition = \"{}\"\n\n[dependencies]\n",
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION"),
            self.edition
        );
        // Without the optional ones, and so without the features that they are for: scripts/purity tries those.
        let needed =
            self.dependencies.iter().filter(|dependency| dependency.kind.is_none() && !dependency.optional);
        for dependency in needed {
            let Dependency { name, req, features, uses_default_features, path, .. } = dependency;
            assert!(path.is_none(), "{name} is a crate of this workspace: the core stands alone");
            writeln!(
                manifest,
                "{name} = {{ version = {req:?}, default-features = {uses_default_features}, features = {features:?} }}"
            )
            .unwrap();
        }
        manifest
    }
}

fn cargo(folder: &Path, arguments: &[&str], more: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(folder).args(arguments);
    more(&mut command);
    command.output().unwrap()
}
