//! An installation of its own, as `up` has it, for as long as a stage needs it.

use std::path::PathBuf;

use aw_runtimes::cache;

use crate::{
    data::{Data, DataArgs, Lock, Ports},
    failure::Failure,
    operator::Operator,
    up::{self, On, OriginOn, Plan, Pusher, Stack, Typesetter},
};

/// Everything that runs, in a folder of its own.
pub(super) struct Installation {
    /// The parts.
    pub(super) stack: Stack,
    /// Its operator.
    pub(super) operator: Operator,
    pusher: Pusher,
    data: Data,
    lock: Option<Lock>,
}

impl Installation {
    /// Starts everything in a new folder called after `name`. `arrange` may change the plan, and gives what it made of it.
    ///
    /// # Errors
    /// Something does not start: nothing is left.
    pub(super) fn start<T>(
        name: &str,
        edges: &[On],
        origin: OriginOn,
        arrange: impl FnOnce(&mut Plan) -> Result<T, Failure>,
    ) -> Result<(Self, T), Failure> {
        let dir = cache::target_dir().join("suites").join(format!("{name}-{}", std::process::id()));
        let args = up::Args {
            edges: edges.to_vec(),
            origin,
            port: None,
            mail: Default::default(),
            data: DataArgs { dir },
            json: false,
        };
        let data = Data::open(&args.data)?;
        let lock = data.try_lock()?;
        // None of those that `up` wishes for: another installation may be starting beside this one.
        let mut ports = Ports::load(&data)?;
        ports.get("origin", None)?;
        edges.iter().try_for_each(|edge| ports.get(&format!("edge-{}", edge.name()), None).map(drop))?;
        ports.save(&data)?;
        let mut plan = Plan::new(&data, &args)?;
        let made = arrange(&mut plan)?;
        let stack = Stack::start(data.clone(), plan)?;
        let operator = Operator::new(&stack.running().origin, stack.secrets())?;
        let pusher = Pusher::start(operator.clone());
        Ok((Self { stack, operator, pusher, data, lock }, made))
    }

    /// The worker of its origin that makes PDFs; it is started when it is tended.
    pub(super) fn typesetter(&self) -> Typesetter {
        Typesetter::new(&self.data, self.stack.secrets(), &self.stack.running().origin)
    }

    /// Lets other commands find what runs; gives the data folder that they are told.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(super) fn found(&self) -> Result<PathBuf, Failure> {
        self.stack.running().tell(&self.data)?;
        Ok(self.data.dir().to_owned())
    }

    /// Stops everything and removes the folder.
    pub(super) fn close(self) {
        drop(self.pusher);
        self.stack.stop();
        drop(self.lock);
        let _ = std::fs::remove_dir_all(self.data.dir());
    }
}
