//! Enumerations that a server may extend: the known values by name, every other one kept as it came.

/// Declares an enum of texts. A value without a name here is kept whole in `Other`; it is written back as it came, and
/// no output form shows it, since a server wrote it: there is no `Display`, and
/// `as_str` is for whoever asks (T11). A value may have other spellings, which are read and not written.
macro_rules! open_enum {
    (
        $(#[$attributes:meta])*
        $visible:vis enum $name:ident {
            $( $(#[$of_variant:meta])* $variant:ident = $text:literal $(| $alias:literal)*, )*
        }
    ) => {
        $(#[$attributes])*
        ///
        /// No `Display`, since an unknown value is a server's text (T11): `as_str` gives it.
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $visible enum $name {
            $( $(#[$of_variant])* $variant, )*
            /// A value that this version of the library has no name for. Made by `From`, so that no known value hides in
            /// it.
            Other(alloc::boxed::Box<str>),
        }

        impl $name {
            /// The value as the API writes it.
            #[must_use]
            $visible fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $( $text $(| $alias)* => Self::$variant, )*
                    other => Self::Other(other.into()),
                }
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(match self {
                    $( Self::$variant => stringify!($variant), )*
                    Self::Other(_) => "Other(…)",
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read = |text: alloc::borrow::Cow<'_, str>| Ok::<_, core::fmt::Error>(Self::from(&*text));
                crate::text::deserialize(deserializer, "a text", read)
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    open_enum! {
        /// A colour.
        enum Colour {
            /// Red.
            Red = "RED",
            /// Green.
            Green = "GREEN",
        }
    }

    #[test]
    fn an_unknown_value_survives_and_is_not_shown_in_debug_output() {
        let colours: alloc::vec::Vec<Colour> =
            serde_json::from_str(r#"["RED","canary","GREEN","red"]"#).unwrap();
        assert_eq!(colours[..2], [Colour::Red, Colour::Other("canary".into())]);
        assert_eq!(serde_json::to_string(&colours).unwrap(), r#"["RED","canary","GREEN","red"]"#);
        assert_eq!(alloc::format!("{colours:?}"), "[Red, Other(…), Green, Other(…)]");
    }
}
