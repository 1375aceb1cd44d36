//! What is not searched, and why. An exemption that names no public type, or one that is shown, fails the test.

use crate::gallery::Reasons;

/// Types that hold nothing to be hidden, or are printable on purpose.
pub(crate) const EXEMPT: Reasons = &[
    // Printable on purpose.
    (
        "idempotency::IdempotencyKey",
        "who debugs a lost answer needs the key; its documentation forbids secrets in it",
    ),
    ("money::Money", "an amount says nothing of a person, and logs about money need it"),
    ("money::currency::Currency", "three or more capital letters, part of a printed amount"),
    ("money::sharing::Split", "shares of an amount"),
    ("id::Id", "an opaque name of at most 64 letters and digits, which is what support asks for"),
    ("credential::Scope", "a name from the vendor's table, by which refusals are understood; configuration"),
    ("endpoint::Endpoint", "where requests go: it can hold no user name, no query and no secret (T6-T8)"),
    ("version::ApiVersion", "a day of the vendor's changelog"),
    ("body::multipart::MediaType", "the name of a format, made of tokens"),
    ("time::timestamp::Timestamp", "a moment; one that is personal is wrapped in Personal"),
    ("time::date::Date", "a day; one that is personal is wrapped in Personal"),
    ("intent::Account", "a name that an operator gave, by which rows are looked up"),
    ("body::PayloadRef", "a length and a hash of the payload, which is shown nowhere else"),
    // Texts that are fixed at compile time, names and numbers.
    ("body::cursor::PayloadFault", "names only"),
    ("endpoint::LinkCheck", "names only"),
    ("error::ErrorKind", "names only"),
    ("error::GaveUp", "names only"),
    ("error_map::Form", "names only"),
    ("error_map::Limits", "numbers only"),
    ("flow::retry::Certainty", "names only"),
    ("mode::Mode", "names only"),
    ("figure::Figure", "an amount or a percentage of a product's public terms"),
    ("task::Poll", "durations only"),
    ("task::Polled", "names and a duration"),
    ("task::Schedule", "durations only"),
    ("body::cursor::Progress", "numbers only"),
    ("flow::timeouts::Limits", "durations and a number"),
    ("flow::timeouts::Patience", "durations only"),
    ("flow::timeouts::Timeouts", "durations only"),
    ("flow::prior::Prior", "a number and a yes or no"),
    ("money::rounding::Rounding", "names only"),
    ("operation::Effect", "names, and an idempotency key"),
    ("operation::Honoured", "names only"),
    ("observe::Event", "names and a key, and what Happened"),
    ("observe::Happened", "numbers; a Failure or an Error in it is shown as itself"),
    ("observe::Observer", "a trait"),
    (
        "observe::span::Span",
        "a name and a number; what is recorded in it is held against canaries in examples/tests/spans",
    ),
    ("partner::Partner", "an endpoint and the names of operations"),
    ("payments::Payments", "an endpoint and a version"),
    ("policy::Policy", "durations and numbers"),
    ("policy::RetryBudget", "numbers only"),
    ("time::Now", "two readings of clocks"),
    // Without values.
    ("page::link::Backward", "has no value"),
    ("page::link::Forward", "has no value"),
    ("investment::Campaign", "has no value"),
    ("register_business::Individual", "has no value"),
    ("register_business::Company", "has no value"),
    ("webhook::paid::Payment", "has no value"),
    ("answer::FromAnswer", "a trait"),
    ("api::Api", "a trait"),
    ("credential::Credential", "a trait"),
    ("operation::Operation", "a trait"),
    ("page::List", "a trait"),
    ("task::Asks", "a trait"),
    ("task::Task", "a trait"),
    ("partner::AssumesKey", "a trait"),
    // Not to be named outside of the crate, and held by no public field.
    ("api::sealed::IntoFields", "a sealed trait"),
    ("api::sealed::Fields", "behind a sealed trait"),
    ("credential::sealed::Authenticate", "a sealed trait"),
    ("credential::sealed::Kind", "names only"),
    ("credential::sealed::Authentication", "behind a sealed trait; an API key in it is a sensitive header"),
];

/// Types whose `Display` is how their text is asked for; their other forms are searched.
pub(crate) const DISPLAYED: Reasons = &[
    ("error_map::ErrorMap", "the explicit display of what the server says is wrong"),
    ("error_map::entry::Entry", "one line of it"),
    ("error_map::path::FieldPath", "the path in that line"),
];
