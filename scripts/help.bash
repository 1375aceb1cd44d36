# What every script here does first (`. help.bash`, or `. steps.bash`, which brings it): `--help` prints what stands at the script's top,
# and ends. It does nothing else on its own.
#
#   usage              ends with the same, as an error: the arguments were wrong
#   no_arguments "$@"  for a script that takes none

# By its whole path: the working folder may change.
self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")

head_of() { sed -n '2,${/^#/!q; s/^# \{0,1\}//; p;}' "$self"; }

usage() {
  head_of >&2
  exit 2
}

no_arguments() {
  if [ $# -gt 0 ]; then usage; fi
}

case $* in
-h | --help)
  head_of
  exit 0
  ;;
esac
