//! `authorworks-typesetter --settings FILE`: the worker as a program.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [option, file] = arguments.as_slice() else { return usage() };
    if option != "--settings" {
        return usage();
    }
    match aw_typesetter::run(file.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("typesetter: {why}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: authorworks-typesetter --settings FILE");
    ExitCode::from(2)
}
