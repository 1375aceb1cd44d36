//! What the async world says by `.await` and `async`.

/// A function of the async world yields a future.
macro_rules! flow {
    (pub(crate) $($function:tt)*) => { pub(crate) async $($function)* };
    ($($function:tt)*) => { async $($function)* };
}

/// A call of the async world is waited for.
macro_rules! wait {
    ($call:expr) => {
        $call.await
    };
}
