"""The sections of docs/proof.md that scripts write, each between its own two markers: what one script measured, none other touches."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "proof.md"


def write(script, text, page=PAGE):
    """Puts the text between the script's markers; where there are none yet, at the end."""
    begins, ends = (f"<!-- scripts/{script} {word} -->" for word in ("begins", "ends"))
    section = f"{begins}\n{text.strip()}\n{ends}"
    old = page.read_text(encoding="utf-8")
    # A function, since a text may have backslashes.
    new, number = re.subn(re.escape(begins) + ".*?" + re.escape(ends), lambda _: section, old, flags=re.DOTALL)
    page.write_text(new if number else f"{old.rstrip()}\n\n{section}\n", encoding="utf-8")


def table(heads, rows):
    """Markdown; a column of numbers stands on the right."""
    right = [all(not isinstance(row[place], str) for row in rows) for place in range(len(heads))]
    lines = [heads, ["---:" if is_right else "---" for is_right in right], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
