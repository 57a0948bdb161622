//! The native deployable of the origin.

fn main() -> std::process::ExitCode {
    aw_native::program_after::<aw_ingress::Ingress<aw_origin::Origin>, _>(aw_smtp::prepare)
}
