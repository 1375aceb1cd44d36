//! The store as a file, which is there as a whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::TokenStore;

/// A token in a file.
pub(crate) struct TokenFile(pub(crate) PathBuf);

impl TokenFile {
    /// A new file, moved to where the old one was. It is never readable by others, not even for a moment.
    fn replace(&self, token: &[u8]) -> io::Result<()> {
        let key = cashlink_ureq::random_key()?;
        let new = self.0.with_extension(key.as_str());
        let mut options = fs::OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written =
            options.write(true).create_new(true).open(&new).and_then(|mut file| file.write_all(token));
        written.and_then(|()| fs::rename(&new, &self.0)).inspect_err(|_| drop(fs::remove_file(&new)))
    }
}

impl TokenStore for TokenFile {
    fn load(&self) -> Option<Vec<u8>> {
        fs::read(&self.0).ok()
    }

    fn save(&self, token: &[u8]) {
        let _ = self.replace(token);
    }

    fn forget(&self) {
        let _ = fs::remove_file(&self.0);
    }
}
