//! Documents in a folder, each in a file that is named by its SHA-256.

use std::fs::{self, File};
use std::future::ready;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use cashlink_client::{asynchronous as client, blocking as blocking_client};
use cashlink_core::body::PayloadRef;
use sha2::{Digest, Sha256};

use super::{asynchronous, blocking};

/// A folder of documents, each named by its SHA-256 in hex. It may be shared by processes, and by machines where the file system
/// can rename durably.
///
/// ```
/// use cashlink_journal::payloads::Folder;
///
/// # let place = tempfile::tempdir()?;
/// let folder = Folder::new(place.path());
/// let payload = folder.put(&b"%PDF-1.7"[..])?;
/// assert_eq!(payload.len, 8);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// This folder, which must be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Keeps a document, and says what a request refers to. When this returns, the document is on the disk under its name, whole.
    /// Whatever is interrupted leaves nothing but a file that begins with a dot.
    ///
    /// # Errors
    /// When it can't be read or written.
    pub fn put(&self, mut document: impl Read) -> io::Result<PayloadRef> {
        let draft = Draft(self.0.join(draft_name()?));
        let mut file = File::create_new(&draft.0)?;
        let payload = copy(&mut document, &mut file)?;
        file.sync_all()?;
        fs::rename(&draft.0, self.path(&payload)?)?;
        sync_folder(&self.0)?;
        Ok(payload)
    }

    /// The file of a document: to be deleted when nothing refers to it any longer.
    ///
    /// # Errors
    /// When the reference has no hash.
    pub fn path(&self, payload: &PayloadRef) -> io::Result<PathBuf> {
        let hash = payload.sha256.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.0.join(hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
    }

    /// The file, if its length is right; a link counts for what it leads to. Its hash is checked as it is sent.
    fn find(&self, payload: &PayloadRef) -> io::Result<PathBuf> {
        let path = self.path(payload)?;
        let metadata = fs::metadata(&path).map_err(|error| self.unless_it_is_gone(error))?;
        if metadata.is_file() && metadata.len() == payload.len {
            Ok(path)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidData, "not a file of the announced length"))
        }
    }

    /// A folder that isn't there itself, since it isn't mounted, say, has lost no document: that must kill no intent.
    fn unless_it_is_gone(&self, error: io::Error) -> io::Error {
        if error.kind() == io::ErrorKind::NotFound && !self.0.is_dir() {
            io::Error::other("the folder of documents is not there")
        } else {
            error
        }
    }
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<PayloadRef> {
    let (mut hash, mut len, mut buffer) = (Sha256::new(), 0_u64, vec![0; 64 * 1024]);
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok(PayloadRef::new(len).with_sha256(hash.finalize().into())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = buffer.get(..count).ok_or(io::ErrorKind::InvalidData)?;
        hash.update(read);
        to.write_all(read)?;
        len = len.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
}

fn draft_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).map_err(|_| io::Error::other("the system gave no random bytes"))?;
    Ok(format!(".{:032x}", u128::from_le_bytes(bytes)))
}

/// A rename is durable once its folder is. Where folders can't be opened (Windows), the file system's own journal has to do.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// A file on its way to its name, which goes when it doesn't get there.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        // Renamed already, or of no use to anybody.
        let _ = fs::remove_file(&self.0);
    }
}

impl blocking::Payloads for Folder {
    fn find(&self, payload: &PayloadRef) -> io::Result<blocking_client::Source> {
        let path = self.find(payload)?;
        Ok(blocking_client::Source::new(move || File::open(&path)))
    }
}

/// Reads where it is polled, by the system's own calls: from a local disk, that is shorter than handing it to another thread. Where it
/// is not (a network's file system), have a runtime's file in [`Payloads`](asynchronous::Payloads) of your own.
impl asynchronous::Payloads for Folder {
    fn find<'a>(&'a self, payload: &PayloadRef) -> asynchronous::Finding<'a> {
        let source =
            self.find(payload).map(|path| client::Source::new(move || ready(File::open(&path).map(Reading))));
        Box::pin(ready(source))
    }
}

struct Reading(File);

impl client::ReadPayload for Reading {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Poll::Ready(result),
            }
        }
    }
}

/// Where it is says nothing about anybody: the names in it are hashes.
impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Folder").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests;
