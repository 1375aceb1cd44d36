//! Optional fields of requests: how they are set.

/// Writes one setter per field, each taking the field's plain value.
macro_rules! setters {
    ($( $(#[$doc:meta])* $name:ident: $type:ty, )+) => {
        $(
            $(#[$doc])*
            pub fn $name(mut self, $name: impl Into<$type>) -> Self {
                self.$name = Some($name.into());
                self
            }
        )+
    };
    ($( $(#[$doc:meta])* fields.$name:ident: $type:ty, )+) => {
        $(
            $(#[$doc])*
            pub fn $name(mut self, $name: impl Into<$type>) -> Self {
                self.fields.$name = Some($name.into());
                self
            }
        )+
    };
}

/// The same for an object inside a request, and a setter for fields without a name here.
macro_rules! fields {
    ($( $(#[$doc:meta])* $name:ident: $type:ty, )+) => {
        $crate::fields::setters! { $( $(#[$doc])* $name: $type, )+ }

        /// A field that this library doesn't know.
        pub fn extra(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
            self.extra.set_beside(&[$(stringify!($name)),+], name.into(), value);
            self
        }
    };
}

/// A request's own setter for fields that this library doesn't know. Encoding refuses one that is there already.
macro_rules! extra {
    () => {
        /// A field that this library doesn't know.
        pub fn extra(mut self, name: impl Into<alloc::string::String>, value: impl serde::Serialize) -> Self {
            self.extra.set(name, value);
            self
        }
    };
}

pub(crate) use {extra, fields, setters};
