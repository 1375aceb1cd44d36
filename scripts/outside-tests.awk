# Prints the lines of a Rust file that are not under `#[cfg(test)]`: the attribute, and the item it stands on, are left out.
# It relies on rustfmt, which closes an item by a brace in the column in which the item began.

skipping {
    if (substr($0, 1, length(indent) + 1) == indent "}") skipping = 0
    next
}
pending {
    # The item may have more attributes and comments, and take several lines before its brace or semicolon.
    if ($0 ~ /^ *(#\[|\/\/)/) next
    if ($0 ~ /\{[^}]*$/) skipping = 1
    if (skipping || $0 ~ /[;},]$/) pending = 0
    next
}
/^ *#\[cfg\(test\)\]$/ {
    pending = 1
    indent = $0
    sub(/#.*/, "", indent)
    next
}
# With `-v numbers=1` their numbers, for what counts by lines.
{ print numbers ? FNR : $0 }
