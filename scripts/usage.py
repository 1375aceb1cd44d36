"""What a script says whose arguments are none of its own: its documentation. Asked for it, that is a success."""

import sys


def end(documentation):
    asked = sys.argv[1:] in (["--help"], ["-h"])
    print(documentation.strip(), file=sys.stdout if asked else sys.stderr)
    sys.exit(0 if asked else 2)
