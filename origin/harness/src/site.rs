//! An edge in front of the whole origin, as readers and browsers meet it.

use std::net::SocketAddr;

use aw_gateway::Gateway;
use aw_ingress::Ingress;
use aw_model::names;
use aw_native::{Running, Settings, serve};
use aw_origin::Origin;

use crate::world::{AUTHORITY, EDGE_KEY};

/// What an edge is told that is called `name`, in front of the origin at `origin`.
pub(crate) fn edge(listen: SocketAddr, name: &str, origin: SocketAddr) -> Settings {
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Settings {
        listen,
        threads: 1,
        backends: pairs(&[(names::ORIGIN, &format!("http://{origin}"))]),
        config: pairs(&[(names::EDGE_NAME, name), (names::ORIGIN_AUTHORITY, AUTHORITY)]),
        secrets: pairs(&[(names::EDGE_KEY, EDGE_KEY)]).into(),
        ..Settings::default()
    }
}

/// The native edge and the origin's services in one program behind it.
pub struct Site {
    edge: Running,
    _origin: Running,
}

impl Site {
    /// With the settings of an origin, at `listen`, called `name`.
    pub(crate) fn at(listen: SocketAddr, name: &str, origin: &Settings) -> Self {
        let whole = serve::<Ingress<Origin>>(origin.clone()).expect("the origin");
        let settings = Settings { threads: 2, ..edge(listen, name, whole.addr()) };
        Self { edge: serve::<Gateway>(settings).expect("the edge"), _origin: whole }
    }

    /// Where the edge is. It knows a tenant by `Host`: `TENANT.localhost`.
    pub fn addr(&self) -> SocketAddr {
        self.edge.addr()
    }
}
