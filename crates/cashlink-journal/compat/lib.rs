//! Nothing: what is tried here are the versions that the manifest names.
