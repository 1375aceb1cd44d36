//! How an operation that sends a JSON body is declared: its own fields first, and behind them those without a name here.

/// Implements [`Operation`](crate::Operation) for a type with the fields `fields` (serialised as the body) and `extra`; and
/// with `key`, unless it is sent `Once`. An assumed key may be confirmed for it.
macro_rules! operation {
    ($operation:ident -> $output:ty, $name:literal, $method:ident, $effect:ident, |$this:ident, $path:ident| $write:expr) => {
        impl crate::Operation for $operation {
            type Output = $output;
            type Credential = crate::Bearer;
            const NAME: &'static str = $name;

            fn method(&self) -> http::Method {
                http::Method::$method
            }

            fn effect(&self) -> crate::Effect<'_> {
                operation!(@effect $effect, self)
            }

            fn path(&self, $path: &mut crate::Path) {
                let $this = self;
                let _ = $write;
            }

            fn body(&self) -> Result<crate::body::Body, crate::InvalidValue> {
                crate::body::Body::json_with(&self.fields, &self.extra)
            }

            fn decode(answer: &crate::answer::Answer<'_>) -> Result<$output, crate::answer::DecodeError> {
                answer.json()
            }
        }

        operation!(@assumed $effect, $operation);
    };
    (@effect Once, $this:ident) => {
        crate::Effect::Once
    };
    (@effect $honoured:ident, $this:ident) => {
        crate::Effect::Keyed { key: &$this.key, honoured: crate::Honoured::$honoured }
    };
    (@assumed Assumed, $operation:ident) => {
        impl crate::partner::AssumesKey for $operation {}
    };
    (@assumed $effect:ident, $operation:ident) => {};
}

pub(super) use operation;
