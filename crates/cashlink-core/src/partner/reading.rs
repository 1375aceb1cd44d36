//! The two ways in which every resource is read: one object by its id, and all of them in pages, oldest first.

/// Declares the operation `GET {folder}{id}/`, which answers with the object.
macro_rules! get {
    ($(#[$attributes:meta])* $operation:ident($id:ty) -> $object:ty, $name:literal, $folder:literal) => {
        $(#[$attributes])*
        #[derive(Clone, Debug)]
        #[must_use]
        pub struct $operation {
            id: $id,
        }

        impl $operation {
            /// The object with this id.
            pub fn new(id: $id) -> Self {
                Self { id }
            }
        }

        impl crate::Operation for $operation {
            type Output = $object;
            type Credential = crate::Bearer;
            const NAME: &'static str = $name;

            fn method(&self) -> http::Method {
                http::Method::GET
            }

            fn effect(&self) -> crate::Effect<'_> {
                crate::Effect::Safe
            }

            fn path(&self, path: &mut crate::Path) {
                path.literal($folder).id(&self.id).literal("/");
            }

            fn decode(answer: &crate::answer::Answer<'_>) -> Result<$object, crate::answer::DecodeError> {
                answer.json()
            }
        }
    };
}

/// Declares the operation `GET {folder}`, whose items have an `id`. No known page documents a filter or a page's size.
macro_rules! list {
    ($(#[$attributes:meta])* $operation:ident -> $item:ty, $name:literal, $folder:literal) => {
        $(#[$attributes])*
        #[derive(Clone, Debug, Default)]
        #[must_use]
        pub struct $operation(());

        impl $operation {
            /// The first page.
            pub fn new() -> Self {
                Self::default()
            }
        }

        impl crate::Operation for $operation {
            type Output = crate::page::Page<Self>;
            type Credential = crate::Bearer;
            const NAME: &'static str = $name;

            fn method(&self) -> http::Method {
                http::Method::GET
            }

            fn effect(&self) -> crate::Effect<'_> {
                crate::Effect::Safe
            }

            fn path(&self, path: &mut crate::Path) {
                path.literal($folder);
            }

            fn decode(answer: &crate::answer::Answer<'_>) -> Result<Self::Output, crate::answer::DecodeError> {
                crate::page::Page::decode(answer)
            }
        }

        impl crate::page::List for $operation {
            type Item = $item;

            fn id(item: &$item) -> &str {
                item.id.as_str()
            }
        }
    };
}

pub(super) use {get, list};
