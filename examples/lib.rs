//! Programs to read and to run: each example is a file beside this one.
