//! Values in every output form that their types have, each form searched for canaries.
//!
//! Which forms a type has is found out by the compiler, not by who writes the test: a form that is added to a type is
//! searched from then on.

use std::any::type_name_of_val;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::search::{SECRET, TOLD, find};

/// Types whose own text is shown on purpose: the end of the path, and why.
pub(crate) type Reasons = &'static [(&'static str, &'static str)];

/// What was shown, and what should not have been.
#[derive(Default)]
pub(crate) struct Gallery {
    seen: BTreeSet<String>,
    leaks: Vec<String>,
    outputs: usize,
}

/// The output forms of one value.
pub(crate) struct Forms {
    pub(crate) of: &'static str,
    pub(crate) debug: Vec<String>,
    pub(crate) display: Vec<String>,
    pub(crate) errors: Vec<String>,
}

impl Gallery {
    /// Searches all forms of a value; `Display` only of types that are not `displayed` on purpose.
    pub(crate) fn add(&mut self, forms: Forms, displayed: Reasons) {
        let path = path_of(forms.of);
        assert!(!forms.debug.is_empty(), "{path} has no Debug form, so nothing that holds one can derive it");
        let is_displayed = displayed.iter().any(|(end, _)| is_at(&path, end));
        let display = if is_displayed { Vec::new() } else { forms.display };
        for text in forms.debug.iter().chain(&display).chain(&forms.errors) {
            assert!(!text.is_empty(), "{path} has a form that says nothing, which helps nobody");
            self.text(&path, text, &[SECRET, TOLD]);
        }
        self.seen.insert(path);
    }

    /// Searches a text that was made in another way.
    pub(crate) fn text(&mut self, of: &str, text: &str, marks: &[&str]) {
        self.outputs += 1;
        if let Some(found) = find(text, marks) {
            self.leaks.push(format!("{of} shows {found}: {text}"));
        }
    }

    /// Panics when any canary was seen, or when fewer texts were searched.
    pub(crate) fn assert_clean(&self, at_least: usize) {
        assert!(self.leaks.is_empty(), "{} leaks:\n{}", self.leaks.len(), self.leaks.join("\n"));
        assert!(self.outputs >= at_least, "only {} texts were searched", self.outputs);
    }

    /// Every public type was shown, or is exempt for a reason; and nothing is exempt that needn't be.
    pub(crate) fn assert_complete(&self, public_types: &str, exempt: Reasons) {
        let public: BTreeSet<&str> =
            public_types.lines().filter_map(|line| line.split_once(' ')).map(|(_, path)| path).collect();
        let is_exempt = |path: &str| exempt.iter().any(|(end, _)| is_at(path, end));
        let forgotten: Vec<_> =
            public.iter().filter(|path| !self.seen.contains(**path) && !is_exempt(path)).collect();
        assert!(
            forgotten.is_empty(),
            "public types that hold no canary yet, and are not exempt: {forgotten:#?}"
        );

        for (end, reason) in exempt {
            let named: Vec<_> = public.iter().filter(|path| is_at(path, end)).collect();
            assert_eq!(named.len(), 1, "exempt is {end}, which names {named:?}");
            assert!(!self.seen.contains(*named[0]), "{end} is exempt, and shown all the same");
            assert!(!reason.is_empty());
        }
    }
}

/// Shows a value in the gallery. The second form also asserts that there is a canary to be seen.
macro_rules! forms {
    ($gallery:expr, $value:expr, $displayed:expr) => {{
        #[allow(unused_imports, reason = "which of them are used depends on the type")]
        use $crate::gallery::{NoDebug as _, NoDisplay as _, NoError as _};
        let probe = $crate::gallery::Probe(&$value);
        let forms = $crate::gallery::Forms {
            of: probe.type_name(),
            debug: probe.debug(),
            display: probe.display(),
            errors: probe.errors(),
        };
        $gallery.add(forms, $displayed);
    }};
}

/// Has a method for each output form: its own where the type has the form, a trait's where it hasn't.
pub(crate) struct Probe<'a, T>(pub(crate) &'a T);

impl<T> Probe<'_, T> {
    pub(crate) fn type_name(&self) -> &'static str {
        type_name_of_val(self.0)
    }
}

impl<T: Debug> Probe<'_, T> {
    #[expect(clippy::unnecessary_literal_unwrap, reason = "their messages are what is looked at")]
    pub(crate) fn debug(&self) -> Vec<String> {
        let value = self.0;
        vec![
            format!("{value:?}"),
            format!("{value:#?}"),
            format!("{value:x?}"),
            format!("{:?}", Some(&value)),
            panic_message(|| Err::<(), _>(value).expect("it went well")),
            panic_message(|| Ok::<_, ()>(value).expect_err("it went wrong")),
        ]
    }
}

impl<T: Display> Probe<'_, T> {
    pub(crate) fn display(&self) -> Vec<String> {
        let value = self.0;
        vec![format!("{value}"), format!("{value:#}"), format!("{value:>200}"), value.to_string()]
    }
}

impl<T: Error + 'static> Probe<'_, T> {
    /// The whole chain.
    pub(crate) fn errors(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let mut next: Option<&dyn Error> = Some(self.0);
        while let Some(error) = next {
            texts.extend([format!("{error}"), format!("{error:?}"), format!("{error:#?}")]);
            next = error.source();
        }
        texts
    }
}

#[allow(dead_code, reason = "no type does without a Debug form, and one that did would be refused")]
pub(crate) trait NoDebug {
    fn debug(&self) -> Vec<String> {
        Vec::new()
    }
}

pub(crate) trait NoDisplay {
    fn display(&self) -> Vec<String> {
        Vec::new()
    }
}

pub(crate) trait NoError {
    fn errors(&self) -> Vec<String> {
        Vec::new()
    }
}

impl<T> NoDebug for Probe<'_, T> {}
impl<T> NoDisplay for Probe<'_, T> {}
impl<T> NoError for Probe<'_, T> {}

thread_local! {
    static PANICS_ON_PURPOSE: Cell<bool> = const { Cell::new(false) };
}

/// The message of a panic that is wanted, and therefore not reported.
fn panic_message(panics: impl FnOnce()) -> String {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !PANICS_ON_PURPOSE.get() {
                report(info);
            }
        }));
    });
    PANICS_ON_PURPOSE.set(true);
    let payload = catch_unwind(AssertUnwindSafe(panics)).expect_err("it panics");
    PANICS_ON_PURPOSE.set(false);
    *payload.downcast().expect("the message was formatted")
}

/// The path at which a type is defined, without its parameters.
fn path_of(type_name: &str) -> String {
    type_name.trim_start_matches('&').split('<').next().unwrap_or_default().into()
}

/// Whether the path ends so, at the border of a name.
fn is_at(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.ends_with("::"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    #[derive(Debug)]
    struct Derived {
        #[expect(dead_code, reason = "it is read by the derived form")]
        text: String,
    }

    struct Quiet(String);

    impl fmt::Debug for Quiet {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Quiet(…)")
        }
    }

    impl fmt::Display for Quiet {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }

    #[derive(Debug)]
    struct Chained(Derived);

    impl fmt::Display for Chained {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("quiet")
        }
    }

    impl fmt::Display for Derived {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("quiet")
        }
    }

    impl Error for Derived {}

    impl Error for Chained {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    fn leaks(add: impl FnOnce(&mut Gallery)) -> usize {
        let mut gallery = Gallery::default();
        add(&mut gallery);
        gallery.leaks.len()
    }

    #[test]
    fn a_leak_is_noticed_in_each_form_that_the_type_has() {
        let derived = || Derived { text: TOLD.into() };
        // Six forms of Debug, of which each is one; and one of three in the chain.
        assert_eq!(leaks(|gallery| forms!(gallery, derived(), &[])), 6 + 2);
        assert_eq!(leaks(|gallery| forms!(gallery, Quiet(SECRET.into()), &[])), 4, "the four of Display");
        assert_eq!(leaks(|gallery| forms!(gallery, Quiet(SECRET.into()), &[("Quiet", "a reason")])), 0);
        assert!(leaks(|gallery| forms!(gallery, Chained(derived()), &[])) > 2);
        assert_eq!(leaks(|gallery| forms!(gallery, [1_u8, 2], &[])), 0);
    }

    #[test]
    fn a_form_that_says_nothing_is_noticed() {
        struct Mute;

        impl fmt::Debug for Mute {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Ok(())
            }
        }

        let is_noticed = |add: fn(&mut Gallery)| catch_unwind(|| add(&mut Gallery::default())).is_err();
        assert!(is_noticed(|gallery| forms!(gallery, Mute, &[])));
        assert!(is_noticed(|gallery| forms!(gallery, Quiet(String::new()), &[])));
        assert!(!is_noticed(|gallery| forms!(gallery, Quiet("a".into()), &[])));
    }

    #[test]
    fn a_type_that_is_neither_shown_nor_exempt_is_noticed_and_so_is_an_exemption_too_many() {
        let mut gallery = Gallery::default();
        forms!(gallery, Quiet("quiet".into()), &[]);
        let quiet = path_of(type_name_of_val(&Quiet(String::new())));
        let both = format!("struct {quiet}\nstruct a::b::New\n");
        gallery.assert_complete(&both, &[("b::New", "a reason")]);
        let fails = |public: &str, exempt: Reasons| {
            catch_unwind(AssertUnwindSafe(|| gallery.assert_complete(public, exempt))).is_err()
        };
        assert!(fails(&both, &[]), "a new type");
        assert!(fails(&format!("struct {quiet}\n"), &[("New", "it is gone")]), "a stale exemption");
        assert!(fails(&both, &[("New", "a reason"), ("Quiet", "but it is shown")]));
    }
}
