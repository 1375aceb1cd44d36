//! Keeps every span and event of every crate at every level, those of `tracing` and those of `log`, and looks for canaries.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

/// What was recorded so far.
#[derive(Default)]
pub(crate) struct Records {
    pub(crate) spans: Vec<Span>,
    /// Every event, one a line: its target, and all that it says.
    pub(crate) events: String,
}

/// Where ureq writes the bytes on the wire, at TRACE.
pub(crate) const WIRE: &str = "ureq_proto::util";

/// Whether that is left out, as by `RUST_LOG=trace,ureq_proto::util=off`.
static LEAVES_WIRE_OUT: AtomicBool = AtomicBool::new(false);

#[allow(dead_code, reason = "only ureq writes the wire down")]
pub(crate) fn leave_wire_out(out: bool) {
    LEAVES_WIRE_OUT.store(out, Ordering::SeqCst);
}

pub(crate) struct Span {
    pub(crate) name: &'static str,
    pub(crate) parent: Option<usize>,
    pub(crate) fields: Fields,
    pub(crate) closed: bool,
}

/// As `name=value`, one a line.
#[derive(Default)]
pub(crate) struct Fields(pub(crate) String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0, "{}={value:?}", field.name()).unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        writeln!(self.0, "{}={value}", field.name()).unwrap();
    }
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    }
}

static RECORDS: OnceLock<Mutex<Records>> = OnceLock::new();

pub(crate) fn records() -> MutexGuard<'static, Records> {
    RECORDS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    static ENTERED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

struct Recorder;

/// From here on everything is kept, for as long as the process lives.
pub(crate) fn install() {
    tracing::subscriber::set_global_default(Recorder).expect("nobody else records");
    log::set_logger(&Recorder).expect("nobody else keeps a log");
    log::set_max_level(log::LevelFilter::Trace);
}

fn place(id: &Id) -> usize {
    usize::try_from(id.into_u64() - 1).unwrap()
}

impl Subscriber for Recorder {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::always()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let around = || ENTERED.with_borrow(|entered| entered.last().copied());
        let parent =
            attributes.parent().map(place).or_else(|| around().filter(|_| attributes.is_contextual()));
        let mut records = records();
        records.spans.push(Span { name: attributes.metadata().name(), parent, fields, closed: false });
        Id::from_u64(u64::try_from(records.spans.len()).unwrap())
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut records().spans[place(id)].fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        writeln!(records().events, "{}: {}", event.metadata().target(), fields.0.replace('\n', " ")).unwrap();
    }

    fn enter(&self, id: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(place(id)));
    }

    fn exit(&self, id: &Id) {
        ENTERED.with_borrow_mut(|entered| {
            if let Some(last) = entered.iter().rposition(|entered| *entered == place(id)) {
                entered.remove(last);
            }
        });
    }

    fn try_close(&self, id: Id) -> bool {
        records().spans[place(&id)].closed = true;
        true
    }
}

impl log::Log for Recorder {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() != WIRE || !LEAVES_WIRE_OUT.load(Ordering::SeqCst)
    }

    fn log(&self, record: &log::Record<'_>) {
        if log::Log::enabled(self, record.metadata()) {
            writeln!(records().events, "{}: {}", record.target(), record.args()).unwrap();
        }
    }

    fn flush(&self) {}
}

impl Records {
    /// All of it as one text.
    pub(crate) fn dump(&self) -> String {
        let spans = self.spans.iter().map(|span| format!("{} {}", span.name, span.fields.0));
        spans.chain([self.events.clone(), self.rows()]).collect::<Vec<_>>().join("\n")
    }

    /// What was written in rows of 16 bytes, in hex and as text, as ureq does: the text of all rows together.
    fn rows(&self) -> String {
        let rows = self.events.lines().filter_map(|line| line.split_once(": "));
        rows.filter_map(|(_, row)| row.get(41..).filter(|_| row.len() == 57 && &row[39..41] == "  "))
            .collect()
    }
}

/// Which of the canaries stands in the text: as it is in any case, percent-encoded, in hex, as a list of bytes, or in base64.
pub(crate) fn find<'a>(text: &str, canaries: &[&'a str]) -> Option<&'a str> {
    let lower = text.to_lowercase();
    canaries.iter().copied().find(|canary| {
        let bytes = canary.as_bytes();
        let each = |write: fn(u8) -> String, between: &str| {
            bytes.iter().map(|byte| write(*byte)).collect::<Vec<_>>().join(between)
        };
        let alike = [
            canary.to_lowercase(),
            each(
                |byte| {
                    if byte.is_ascii_alphanumeric() {
                        char::from(byte).to_lowercase().to_string()
                    } else {
                        format!("%{byte:02x}")
                    }
                },
                "",
            ),
            each(|byte| format!("%{byte:02x}"), ""),
            each(|byte| format!("{byte:02x}"), ""),
            each(|byte| byte.to_string(), ", "),
        ];
        alike.iter().any(|form| lower.contains(form))
            || (0..3).any(|start| text.contains(&base64(bytes, start)))
    })
}

/// The base64 digits that `bytes` alone decide when they stand `start` bytes behind a multiple of three.
fn base64(bytes: &[u8], start: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit =
        |six: &[u8]| char::from(DIGITS[six.iter().fold(0, |digit, bit| digit << 1 | usize::from(*bit))]);
    bits[(6 - start * 8 % 6) % 6..].chunks_exact(6).map(digit).collect()
}
