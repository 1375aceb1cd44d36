# What every script here shares: go to the repository's root, print one line per step with its seconds, and fail when a
# step that was planned has not run. It is sourced (`. steps.bash`), and does nothing on its own.
#
#   plan a b c         the steps that must have run when the script ends
#   step a command…    runs one: its output is kept back, and shown only when it fails; the script goes on
#   must a command…    the same, but without it nothing else can run: a failure ends the script
#   say text           inside a step: a line to show beside it, also when it succeeds
#   said a command…    inside a step: runs it, and says each line that it prints; when it fails, all that it printed is the output
#   root, scratch      the repository's root (the working folder too); a folder that goes away when the script ends

. "$(dirname "${BASH_SOURCE[0]}")/help.bash"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
scratch=$(mktemp -d)
planned='' ran='' failed=''
export CARGO_TERM_COLOR=never

plan() { planned="$*"; }

say() { printf '%s\n' "$*" >>"$scratch/said"; }

said() {
  "$@" >"$scratch/lines" 2>&1 || { cat "$scratch/lines"; return 1; }
  while IFS= read -r line; do say "$line"; done <"$scratch/lines"
}

step() {
  local name=$1 began=$SECONDS status=0
  shift
  if [ -t 1 ]; then printf '  ....    %s\r' "$name"; fi
  : >"$scratch/said"
  # Not `if (…)`: within a condition bash ignores `set -e`, and a step would go on after its first failing command.
  set +e
  (set -e; "$@") </dev/null >"$scratch/output" 2>&1
  status=$?
  set -e
  ran="$ran $name"
  if [ "$status" -eq 0 ]; then
    printf '  ok      %-22s %4d s\n' "$name" "$((SECONDS - began))"
  else
    failed="$failed $name"
    printf '  FAILED  %-22s %4d s\n' "$name" "$((SECONDS - began))"
    sed 's/^/    | /' "$scratch/output"
  fi
  sed 's/^/          /' "$scratch/said"
}

must() {
  step "$@"
  if [ -n "$failed" ]; then exit 1; fi
}

finish() {
  local status=$? name skipped=''
  rm -rf "$scratch"
  for name in $planned; do
    case " $ran " in
    *" $name "*) ;;
    *) skipped="$skipped $name" ;;
    esac
  done
  if [ -n "$failed" ]; then printf '%s: failed:%s\n' "$0" "$failed" >&2; fi
  if [ -n "$skipped" ]; then printf '%s: did not run:%s\n' "$0" "$skipped" >&2; fi
  if [ "$status" -eq 0 ] && [ -n "$failed$skipped" ]; then status=1; fi
  exit "$status"
}
trap finish EXIT

# The toolchain that rust-toolchain.toml names, with the parts that are asked for: `toolchain clippy rustfmt`.
# rustup may have been told not to install it by itself, hence by hand.
toolchain() {
  local channel part missing=''
  channel=$(sed -n 's/^channel *= *"\(.*\)"$/\1/p' rust-toolchain.toml)
  if [ -z "$channel" ]; then
    echo "rust-toolchain.toml names no channel"
    return 1
  fi
  for part in '' "$@"; do
    case $part in
    '') cargo --version || missing=yes ;;
    rustfmt) cargo fmt --version || missing=yes ;;
    *) cargo "$part" --version || missing=yes ;;
    esac
  done
  if [ -z "$missing" ]; then return 0; fi
  if ! command -v rustup; then
    echo "Rust $channel is needed, and there is no rustup to install it: see https://rustup.rs"
    return 1
  fi
  if ! rustup toolchain install "$channel" --profile minimal --component clippy --component rustfmt --no-self-update; then
    echo "Rust $channel could not be installed: it takes access to static.rust-lang.org, or a mirror in RUSTUP_DIST_SERVER."
    return 1
  fi
  say "installed Rust $channel with rustup"
}

# The tests' second parser, what reads rustdoc's JSON, and what holds THREAT_MODEL.md against the tests.
python() {
  if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))'; then
    echo "Python 3.8 or newer is needed (its standard library only), under the name python3."
    return 1
  fi
}

# Where Cargo builds; with the name of a part, a folder of its own below it, so that one script doesn't undo another's work.
target() { printf '%s\n' "${CARGO_TARGET_DIR:-$root/target}${1:+/$1}"; }

# The folders of the crates that are published, one a line.
published() {
  local manifest
  for manifest in crates/*/Cargo.toml; do
    if ! grep -q '^publish *= *false' "$manifest"; then dirname "$manifest"; fi
  done
}
