//! The native deployable of the origin.

mod origin;

fn main() -> std::process::ExitCode {
    aw_native::program_after::<aw_ingress::Ingress<origin::Origin>, _>(aw_smtp::prepare)
}
