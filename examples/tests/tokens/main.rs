//! The examples about tokens: several accounts in one program, and one token for several processes.

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../accounts.rs"]
mod accounts;
mod apart;
mod shared;
#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../shared_tokens.rs"]
mod shared_tokens;
