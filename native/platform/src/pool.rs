//! Connections to backends, kept for the next request.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    time::{Duration, Instant},
};

use aw_platform::{ANY_HOST, ANY_HOST_OR_LOCAL, Backend, Body, Error, Result, http::Uri};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;

use crate::{
    body::NativeBody,
    connect::{Target, Tls},
    settings::Settings,
};

/// How long a connection is kept unused: shorter than servers usually do, so that few die in use.
const IDLE: Duration = Duration::from_secs(4);
/// How many unused connections are kept per backend.
const MOST_IDLE: usize = 64;

type Sender = SendRequest<Body<NativeBody>>;

/// One thread's connections to every backend.
pub(crate) struct Pools {
    backends: HashMap<String, Lead>,
    tls: Rc<Tls>,
}

/// Where a backend leads.
enum Lead {
    /// To one place.
    One(Rc<Pool>),
    /// To any public host; this machine, too, where `local`.
    Any { local: bool },
}

/// One thread's connections to one backend.
pub(crate) struct Pool {
    pub(crate) target: Target,
    idle: RefCell<Vec<(Sender, Instant)>>,
    tls: Rc<Tls>,
}

impl Pools {
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let mut pools = Self { backends: HashMap::new(), tls: Rc::default() };
        for (name, url) in &settings.backends {
            let lead = match url.as_str() {
                ANY_HOST => Lead::Any { local: false },
                ANY_HOST_OR_LOCAL => Lead::Any { local: true },
                url => Lead::One(pools.pool(Target::parse(url)?)),
            };
            pools.backends.insert(name.clone(), lead);
        }
        Ok(pools)
    }

    /// The connections for a request to `uri`.
    pub(crate) fn get(&self, backend: Backend, uri: &Uri) -> Result<Rc<Pool>> {
        let Some(found) = self.backends.get(backend.0) else {
            return Err(Error::Missing(format!("the backend {}", backend.0).into()));
        };
        let refused = |why: &str| Error::upstream(format!("the backend {} does not lead to {uri}: {why}", backend.0));
        match found {
            // Hosts that anybody may choose are many: their connections are not kept.
            Lead::Any { local } => {
                let chosen = if *local { Target::chosen_or_local(uri) } else { Target::chosen(uri) };
                Ok(self.pool(chosen.map_err(|why| refused(&why))?))
            }
            Lead::One(pool) if uri.authority().is_some() && !pool.target.has(uri) => Err(refused("it is another host")),
            Lead::One(pool) => Ok(pool.clone()),
        }
    }

    fn pool(&self, target: Target) -> Rc<Pool> {
        Rc::new(Pool { target, idle: RefCell::default(), tls: self.tls.clone() })
    }
}

impl Pool {
    /// A connection that was used before and is still open.
    pub(crate) fn reuse(&self) -> Option<Sender> {
        let mut idle = self.idle.borrow_mut();
        while let Some((sender, since)) = idle.pop() {
            if since.elapsed() < IDLE && sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> Result<Sender> {
        let name = || self.target.authority.to_str().unwrap_or_default();
        let stream = self.target.connect(&self.tls).await;
        let stream = stream.map_err(|e| Error::upstream(format!("{}: cannot connect: {e}", name())))?;
        let (sender, connection) = http1::Builder::new()
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|e| Error::upstream(format!("{}: {e}", name())))?;
        // It ends when the sender and the body of its last response are gone.
        tokio::task::spawn_local(async move { drop(connection.await) });
        Ok(sender)
    }

    /// Keeps `sender` for another request once its response has been read to the end; one that is not, is closed.
    pub(crate) fn keep(self: Rc<Self>, mut sender: Sender) {
        tokio::task::spawn_local(async move {
            if sender.ready().await.is_ok() {
                let mut idle = self.idle.borrow_mut();
                idle.retain(|(sender, since)| since.elapsed() < IDLE && !sender.is_closed());
                if idle.len() < MOST_IDLE {
                    idle.push((sender, Instant::now()));
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backend_that_is_any_host_leads_to_public_ones_by_tls_and_no_other() {
        let own = |name: &str, url: &str| (name.to_owned(), url.to_owned());
        let backends =
            [own("any", ANY_HOST), own("or-local", ANY_HOST_OR_LOCAL), own("one", "http://127.0.0.1:4000")].into();
        let pools = Pools::new(&Settings { backends, ..Settings::default() }).unwrap();
        let get = |name, uri: &str| pools.get(Backend(name), &uri.parse().unwrap());
        for uri in ["http://example.org/", "https://example.org:8443/", "/path"] {
            assert!(matches!(get("any", uri), Err(Error::Upstream(_))), "{uri}");
        }
        for uri in ["http://localhost:4010/x", "http://127.0.0.1/", "http://[::1]:9/", "https://example.org/"] {
            assert!(get("or-local", uri).is_ok(), "{uri}");
        }
        for uri in ["http://example.org/", "http://10.0.0.1/", "http://localhost.example.org/", "https://x:8443/"] {
            assert!(matches!(get("or-local", uri), Err(Error::Upstream(_))), "{uri}");
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for uri in ["https://127.0.0.1/", "https://localhost/", "https://[::1]/x", "https://169.254.169.254/latest"] {
            let pool = get("any", uri).unwrap();
            let Err(Error::Upstream(why)) = runtime.block_on(pool.connect()).map(drop) else { panic!("{uri}") };
            assert!(why.contains("no public address"), "{uri}: {why}");
        }
        assert!(get("one", "/path").is_ok() && get("one", "http://127.0.0.1:4000/path").is_ok());
        for uri in ["http://127.0.0.1:4001/", "https://127.0.0.1:4000/", "http://evil.example/"] {
            assert!(matches!(get("one", uri), Err(Error::Upstream(_))), "{uri}");
        }
        assert!(matches!(get("none", "/"), Err(Error::Missing(_))));
    }
}
