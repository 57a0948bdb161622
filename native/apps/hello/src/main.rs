//! The native deployable of hello.
aw_native::main!(aw_platform::hello::Hello);
