//! Objects inside requests whose fields are all optional: how they are set.

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
}

/// The same, and a setter for fields without a name here.
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

pub(crate) use {fields, setters};
