//! Prints `{"native","bare"}`: allocations per request on a kept connection, `hello` on the native platform and on bare
//! hyper.

use std::{
    alloc::System,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::ExitCode,
};

use aw_native::Settings;
use aw_platform::hello::Hello;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Requests before counting: buffers grow to their size.
const WARM: usize = 1_000;
/// Requests counted.
const COUNTED: usize = 20_000;

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, Box<dyn std::error::Error>> {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let running = aw_native::serve::<Hello>(Settings { listen: anywhere, threads: 1, ..Settings::default() })?;
    let native = per_request(running.addr())?;
    running.stop();
    let bare = per_request(native_bare::serve(anywhere, 1, "text/plain", "hello".into())?)?;
    Ok(serde_json::json!({ "native": native, "bare": bare }).to_string())
}

/// Allocations per request. This side makes none.
fn per_request(addr: SocketAddr) -> io::Result<f64> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_nodelay(true)?;
    for _ in 0..WARM {
        ask(&mut stream)?;
    }
    let before = ALLOCATOR.stats();
    for _ in 0..COUNTED {
        ask(&mut stream)?;
    }
    let made = ALLOCATOR.stats() - before;
    Ok((made.allocations + made.reallocations) as f64 / COUNTED as f64)
}

/// One request and its answer, which ends in `hello`.
fn ask(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n")?;
    let (mut buffer, mut length) = ([0; 1024], 0);
    while !buffer[..length].ends_with(b"hello") {
        match stream.read(&mut buffer[length..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => length += n,
        }
    }
    Ok(())
}
