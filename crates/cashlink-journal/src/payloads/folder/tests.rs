//! Documents are found by their hash, in both worlds; whatever else lies under that name is no document.

use std::io::ErrorKind::{self, InvalidData, InvalidInput, NotFound};
use std::task::Waker;

use proptest::prelude::*;

use super::*;

const DOCUMENT: &[u8] = b"%PDF-1.7";

/// A folder with one document in it.
fn one() -> (tempfile::TempDir, Folder, PayloadRef) {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::new(place.path());
    let payload = folder.put(DOCUMENT).unwrap();
    (place, folder, payload)
}

/// What both worlds say, which is the same.
fn found(folder: &Folder, payload: &PayloadRef) -> Result<(), ErrorKind> {
    let waiting = blocking::Payloads::find(folder, payload).map(drop).map_err(|error| error.kind());
    let mut finding = asynchronous::Payloads::find(folder, payload);
    let Poll::Ready(result) = finding.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("a folder is looked at when it is polled");
    };
    assert_eq!(result.map(drop).map_err(|error| error.kind()), waiting, "both worlds agree");
    waiting
}

fn names(place: &tempfile::TempDir) -> Vec<String> {
    let entries = fs::read_dir(place.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_document_is_found_by_its_hash() {
    let (place, folder, payload) = one();
    let hash: [u8; 32] = Sha256::digest(DOCUMENT).into();
    assert_eq!((payload.len, payload.sha256), (8, Some(hash)));
    assert_eq!(fs::read(folder.path(&payload).unwrap()).unwrap(), DOCUMENT);
    assert_eq!(found(&folder, &payload), Ok(()));
    // Another program that has the same reference finds it, too; and the same document is there once.
    assert_eq!(found(&Folder::new(place.path()), &PayloadRef::new(8).with_sha256(hash)), Ok(()));
    assert_eq!(folder.put(DOCUMENT).unwrap(), payload);
    assert_eq!(names(&place).len(), 1);
}

#[test]
fn documents_of_any_length_are_kept_whole() {
    let (_place, folder, _) = one();
    // Around the size of the pieces in which they are read.
    for len in [0, 1, 65_535, 65_536, 65_537, 200_000] {
        let document: Vec<u8> = (0..len).map(|at: u32| at.to_le_bytes()[at as usize % 3]).collect();
        let payload = folder.put(&*document).unwrap();
        assert_eq!((payload.len, found(&folder, &payload)), (len.into(), Ok(())));
        assert!(fs::read(folder.path(&payload).unwrap()).unwrap() == document, "{len}");
    }
}

#[test]
fn a_missing_document_is_not_found() {
    let (_place, folder, payload) = one();
    let other = PayloadRef::new(8).with_sha256([7; 32]);
    assert_eq!(found(&folder, &other), Err(NotFound));
    fs::remove_file(folder.path(&payload).unwrap()).unwrap();
    assert_eq!(found(&folder, &payload), Err(NotFound));
}

#[test]
fn a_document_that_was_cut_or_has_grown_is_another_one() {
    let (_place, folder, payload) = one();
    for document in [&DOCUMENT[..7], b"", b"%PDF-1.7\n"] {
        fs::write(folder.path(&payload).unwrap(), document).unwrap();
        assert_eq!(found(&folder, &payload), Err(InvalidData));
    }
    let mut shorter = payload;
    shorter.len = 7;
    fs::write(folder.path(&payload).unwrap(), DOCUMENT).unwrap();
    assert_eq!(found(&folder, &shorter), Err(InvalidData));
}

#[test]
fn a_folder_is_no_document() {
    let (_place, folder, payload) = one();
    fs::remove_file(folder.path(&payload).unwrap()).unwrap();
    let path = folder.path(&payload).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(found(&folder, &payload), Err(InvalidData));
    // Also where the length is right by chance.
    let mut alike = payload;
    alike.len = fs::metadata(&path).unwrap().len();
    assert_eq!(found(&folder, &alike), Err(InvalidData));
    assert!(folder.put(DOCUMENT).is_err(), "nor is one overwritten");
}

#[cfg(unix)]
#[test]
fn a_link_counts_for_what_it_leads_to() {
    use std::os::unix::fs::symlink;

    let (place, folder, payload) = one();
    let (path, elsewhere) = (folder.path(&payload).unwrap(), place.path().join("elsewhere"));
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert_eq!(found(&folder, &payload), Ok(()));
    fs::write(&elsewhere, "%PDF").unwrap();
    assert_eq!(found(&folder, &payload), Err(InvalidData));
    // What is put replaces the link, and leaves alone what it led to.
    assert_eq!(folder.put(DOCUMENT).unwrap(), payload);
    assert_eq!((found(&folder, &payload), fs::read(&elsewhere).unwrap()), (Ok(()), b"%PDF".to_vec()));

    let empty = folder.put(&b""[..]).unwrap();
    let path = folder.path(&empty).unwrap();
    for (leads_to, error) in [("nowhere", NotFound), (".", InvalidData), ("/dev/null", InvalidData)] {
        fs::remove_file(&path).unwrap();
        symlink(leads_to, &path).unwrap();
        assert_eq!(found(&folder, &empty), Err(error), "{leads_to}");
    }
}

#[test]
fn a_reference_without_a_hash_finds_nothing() {
    let (_place, folder, _) = one();
    assert_eq!(found(&folder, &PayloadRef::new(8)), Err(InvalidInput));
}

#[test]
fn a_document_that_breaks_off_while_it_is_put_leaves_nothing() {
    struct BreaksOff(bool);

    impl Read for BreaksOff {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("it broke off"));
            }
            buffer[0] = b'%';
            Ok(1)
        }
    }

    let place = tempfile::tempdir().unwrap();
    assert!(Folder::new(place.path()).put(BreaksOff(false)).is_err());
    assert!(names(&place).is_empty());
}

#[test]
fn a_read_that_is_interrupted_goes_on() {
    struct Interrupted<'a>(bool, &'a [u8]);

    impl Read for Interrupted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 = !self.0;
            if self.0 { Err(ErrorKind::Interrupted.into()) } else { self.1.read(buffer) }
        }
    }

    let (_place, folder, payload) = one();
    assert_eq!(folder.put(Interrupted(false, DOCUMENT)).unwrap(), payload);
}

proptest! {
    #[test]
    fn no_reference_leads_out_of_the_folder(hash: [u8; 32], len: u64) {
        let path = Folder::new("documents").path(&PayloadRef::new(len).with_sha256(hash)).unwrap();
        let name = path.strip_prefix("documents").unwrap().to_str().unwrap();
        prop_assert!(name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{name}");
    }
}

/// Not mounted, say: that must kill no intent.
#[test]
fn a_folder_that_is_not_there_says_nothing_about_its_documents() {
    let (place, folder, payload) = one();
    drop(place);
    assert_eq!(found(&folder, &payload), Err(ErrorKind::Other));
}
