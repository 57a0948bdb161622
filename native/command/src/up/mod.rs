//! `authorworks up`: everything on this machine, from one data folder.

mod mail;
mod plan;
mod push;
mod shown;
mod signals;
mod stack;
mod typesetter;
mod watch;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::ValueEnum;

use crate::{
    data::{Data, DataArgs, Running},
    failure::Failure,
    operator::Operator,
};

pub(crate) use plan::{Plan, S3_NAME};
pub(crate) use push::Pusher;
use signals::Signals;
pub(crate) use stack::Stack;
pub(crate) use typesetter::Typesetter;

/// How often the parts are looked after.
const ROUND: Duration = Duration::from_millis(200);

/// Run everything on this machine: PostgreSQL, S3, the origin and the edges
///
/// The first edge is the one whose address readers use. Addresses and data are kept in the data folder; Ctrl-C stops
/// everything and keeps both.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// A platform to run an edge on; say it again for more than one [default: native]
    #[arg(long = "edge", value_enum, value_name = "PLATFORM")]
    pub(crate) edges: Vec<On>,
    /// The platform to run the origin on
    #[arg(long, value_enum, value_name = "PLATFORM", default_value = "native")]
    pub(crate) origin: OriginOn,
    /// The port of the first edge [default: the one of before, else 8080 or any that is free]
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    #[command(flatten)]
    pub(crate) mail: mail::MailArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// When all is up, say where in one object
    #[arg(long)]
    pub(crate) json: bool,
}

/// A platform that edges run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum On {
    /// hyper and tokio
    Native,
    /// workerd
    Cloudflare,
    /// Viceroy
    Fastly,
    /// Spin, or its test host
    Spin,
}

/// A platform that origins run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OriginOn {
    /// hyper and tokio
    Native,
    /// Spin, or its test host
    Spin,
}

impl On {
    /// The platform's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Cloudflare => "cloudflare",
            Self::Fastly => "fastly",
            Self::Spin => "spin",
        }
    }
}

impl OriginOn {
    /// The platform's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Spin => "spin",
        }
    }
}

/// Runs everything until it is told to stop.
///
/// # Errors
/// Something cannot be started: then nothing is left running.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let signals = Signals::listen()?;
    let data = Data::open(&args.data)?;
    let Some(lock) = data.try_lock()? else {
        let dir = args.data.dir.display();
        return Err(Failure::new(format!("{dir}: another `up` runs on it; stop that one, or name another folder")));
    };
    Running::forget(&data);
    let begun = Instant::now();
    let plan = Plan::new(&data, args)?;
    let built = begun.elapsed();
    signals.stop_in_order();
    let begun = Instant::now();
    let mut stack = Stack::start(data.clone(), plan)?;
    let running = stack.running();
    running.tell(&data)?;
    let operator = Operator::new(&running.origin, stack.secrets())?;
    let mut typesetter = Typesetter::new(&data, stack.secrets(), &running.origin);
    let said = typesetter.tend();
    shown::up(args, &running, &operator, typesetter.runs(), (built, begun.elapsed()));
    said.iter().for_each(|line| eprintln!("up: {line}"));
    let pusher = Pusher::start(operator);
    while !signals.stop_within(ROUND) {
        for line in stack.tend().into_iter().chain(typesetter.tend()) {
            eprintln!("up: {line}");
        }
    }
    eprintln!("up: stopping; once more kills");
    Running::forget(&data);
    drop(typesetter);
    drop(pusher);
    stack.stop();
    drop(lock);
    eprintln!("up: stopped; the data is in {}", data.dir().display());
    Ok(ExitCode::SUCCESS)
}
