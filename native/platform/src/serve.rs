//! Threads that serve an app.

use std::{
    future::poll_fn,
    net::{SocketAddr, TcpListener},
    pin::Pin,
    rc::Rc,
    sync::{Arc, mpsc},
    task::Poll,
    thread::JoinHandle,
    time::Duration,
};

use aw_platform::App;
use hyper::server::conn::http1;
use tokio::{runtime::Runtime, sync::watch, task::LocalSet};

use crate::{
    emit,
    instance::{Instance, Shared},
    listen::listen,
    platform::Native,
    seconds::{Seconds, seconds},
    service,
    settings::Settings,
    stop::Stop,
};

/// How long a graceful stop waits for requests under way and background work.
const PATIENCE: Duration = Duration::from_secs(5);

/// An app that is being served. Dropping it stops it, as [`stop`](Self::stop) does.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
}

/// Builds app `A` on each thread and serves it in the background. When this returns, connections are accepted.
///
/// # Errors
/// One line: the settings do not hold, the port is taken, a store cannot be opened, or the app cannot be built (a
/// secret is missing, by name).
pub fn serve<A: App<Native>>(settings: Settings) -> Result<Running, String> {
    const { aw_platform::check::<Native, A>() };
    let count = match settings.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    let addr = settings.listen;
    let listeners =
        listen(addr, count).map_err(|e| format!("listen: {addr}: {e}; choose another port or free this"))?;
    let addr = listeners[0].local_addr().map_err(|e| format!("listen: {addr}: {e}"))?;
    let shared = Shared::new(settings)?;
    let (stop, stopped) = watch::channel(false);
    let (ready, built) = mpsc::channel();
    let mut running = Running { addr, stop, threads: Vec::new() };
    for (n, (listener, timer)) in listeners.into_iter().zip(seconds(count)?).enumerate() {
        let (shared, stopped, ready) = (shared.clone(), stopped.clone(), ready.clone());
        let thread = std::thread::Builder::new().name(format!("serve-{n}"));
        let work = move || match thread_main::<A>(&shared, listener, timer, stopped, &ready) {
            Ok(()) => {}
            // The first to fail is the one that is told.
            Err(why) => drop(ready.send(Err(why))),
        };
        running.threads.push(thread.spawn(work).map_err(|e| format!("threads: {e}"))?);
    }
    drop(ready);
    for _ in 0..count {
        built.recv().unwrap_or_else(|_| Err("a thread ended while the app was built".to_owned()))?;
    }
    Ok(running)
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops accepting, lets the requests under way and the background work finish for up to 5 s, and returns.
    pub fn stop(mut self) {
        self.join();
    }

    fn join(&mut self) {
        self.stop.send_replace(true);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                emit::event("thread-panic", "a serving thread ended in a panic");
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.join();
    }
}

type Ready = mpsc::Sender<Result<(), String>>;

fn thread_main<A: App<Native>>(
    shared: &Arc<Shared>,
    listener: TcpListener,
    timer: Seconds,
    stopped: watch::Receiver<bool>,
    ready: &Ready,
) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("runtime: {e}"))?;
    let instance = Instance::new(shared.clone())?;
    let ready = ready.clone();
    block_on(&runtime, async move {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(|e| format!("listen: {e}"))?;
        let platform = Native { instance: instance.clone(), peer: None };
        let app = Rc::new(A::build(&platform).await.map_err(|e| e.to_string())?);
        let _ = ready.send(Ok(()));
        accept(&instance, &app, &listener, service::protocol(timer), stopped).await;
        drop(listener);
        instance.tasks.close();
        let _ = tokio::time::timeout(PATIENCE, instance.tasks.wait()).await;
        Ok(())
    })
}

/// What `main` gives. As [`LocalSet::block_on`], but that polls its future whenever any task of the thread was woken: for
/// every request.
fn block_on<T: 'static>(runtime: &Runtime, main: impl Future<Output = T> + 'static) -> T {
    let mut local = LocalSet::new();
    let main = local.spawn_local(main);
    runtime.block_on(poll_fn(|cx| {
        let all = Pin::new(&mut local).poll(cx);
        if main.is_finished() { Poll::Ready(()) } else { all }
    }));
    local.block_on(runtime, main).unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

async fn accept<A: App<Native>>(
    instance: &Rc<Instance>,
    app: &Rc<A>,
    listener: &tokio::net::TcpListener,
    protocol: http1::Builder,
    mut stopped: watch::Receiver<bool>,
) {
    let stop = Rc::<Stop>::default();
    loop {
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop) => return stop.say(),
        };
        match accepted {
            Ok((socket, peer)) => {
                let _ = socket.set_nodelay(true);
                let (instance, app) = (instance.clone(), app.clone());
                let tasks = instance.tasks.clone();
                let connection = service::connection(protocol.clone(), instance, app, socket, peer, stop.clone());
                drop(tasks.spawn_local(connection));
            }
            // The peer is gone already, or there are no file descriptors left: those that serve will free some.
            Err(error) => {
                emit::event("accept", &error.to_string());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
