//! The server: a thread with a runtime of its own.

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::{conn::auto, graceful::GracefulShutdown},
};
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use tokio::sync::watch;

use crate::store::Store;

/// How long a stop waits for the requests under way.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who may ask: every request is signed with these (Signature Version 4), in its head or in its URL.
#[derive(Clone)]
pub struct Credentials {
    /// The access key id.
    pub access_key: String,
    /// The secret access key.
    pub secret_key: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({})", self.access_key)
    }
}

/// An S3 server.
#[derive(Debug)]
pub struct S3;

/// A server that runs. Dropping it stops it, as [`stop`](Self::stop) does.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl S3 {
    /// Serves `bucket` from the folder `dir`, which is made where it is not there, on `addr` (port 0: any free one).
    /// When this returns, connections are accepted.
    ///
    /// # Errors
    /// One line: the folder cannot be used, or the port is taken.
    pub fn start(dir: &Path, addr: SocketAddr, bucket: &str, credentials: Credentials) -> Result<Running, String> {
        let at = |e: io::Error| format!("{}: {e}", dir.display());
        fs::create_dir_all(dir).map_err(at)?;
        let mut builder = S3ServiceBuilder::new(Store::open(dir, bucket)?);
        builder.set_auth(SimpleAuth::from_single(credentials.access_key, credentials.secret_key));
        let service = builder.build();
        let failed = |e: io::Error| format!("S3 on {addr}: {e}; choose another port or free this");
        let listener = TcpListener::bind(addr).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = watch::channel(false);
        let (ready, started) = mpsc::channel();
        let work = move || {
            if let Err(e) = serve(listener, service, stopped, &ready) {
                drop(ready.send(Err(e)));
            }
        };
        let thread = std::thread::Builder::new().name("s3".into()).spawn(work).map_err(failed)?;
        let running = Running { addr, stop, thread: Some(thread) };
        match started.recv() {
            Ok(Ok(())) => Ok(running),
            Ok(Err(e)) => Err(failed(e)),
            Err(_) => Err(format!("S3 on {addr}: its thread ended")),
        }
    }
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops accepting, lets the requests under way finish for up to 5 s, and returns.
    pub fn stop(mut self) {
        self.join();
    }

    fn join(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic in there has been told by the panic hook.
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.join();
    }
}

fn serve(
    listener: TcpListener,
    service: S3Service,
    mut stopped: watch::Receiver<bool>,
    ready: &mpsc::Sender<io::Result<()>>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let _ = ready.send(Ok(()));
        let server = auto::Builder::new(TokioExecutor::new());
        let graceful = GracefulShutdown::new();
        loop {
            let socket = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((socket, _)) => socket,
                    // The peer is gone already, or there are no file descriptors left: those that serve free some.
                    Err(_) => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
                _ = stopped.wait_for(|stop| *stop) => break,
            };
            let _ = socket.set_nodelay(true);
            let service = service.clone();
            let answer = service_fn(move |request| {
                let service = service.clone();
                let (request, rest) = aw_drain::request(request);
                async move {
                    let mut answered = service.call(request.map(s3s::Body::http_body)).await;
                    if let Ok(response) = &mut answered {
                        rest.close_unless_drained(response.headers_mut());
                    }
                    answered
                }
            });
            let connection = graceful.watch(server.serve_connection(TokioIo::new(socket), answer).into_owned());
            tokio::spawn(async move { drop(connection.await) });
        }
        drop(listener);
        let _ = tokio::time::timeout(PATIENCE, graceful.shutdown()).await;
        Ok(())
    })
}
