//! Code that is compiled when it is first needed, and not with what awaits it.

use std::pin::Pin;

/// `future` as a function of its own. The compiler writes the state of a future into the one that awaits it, and their code
/// into one function: all of the edge would be a single one of a hundred kilobytes, which a runtime that compiles
/// functions when they are first called (V8) would compile whole for the first request of every instance. Costs one
/// allocation; for what only some requests need.
#[inline(never)]
pub fn apart<'a, T>(future: impl Future<Output = T> + 'a) -> Pin<Box<dyn Future<Output = T> + 'a>> {
    Box::pin(future)
}
