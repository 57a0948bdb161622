//! An edge in front of the whole origin, as readers and browsers meet it.

use std::net::SocketAddr;

use aw_gateway::Gateway;
use aw_ingress::Ingress;
use aw_model::names;
use aw_native::{Running, Settings, serve};
use aw_origin::Origin;

/// The native edge and the origin's services in one program behind it.
pub struct Site {
    edge: Running,
    _origin: Running,
}

impl Site {
    /// With the settings of an origin, at a free port.
    pub(crate) fn new(origin: &Settings, edge_key: &str, authority: &str) -> Self {
        Self::at(Settings::default().listen, "eu", origin, edge_key, authority)
    }

    /// With the settings of an origin, at `listen`, called `name`.
    pub(crate) fn at(listen: SocketAddr, name: &str, origin: &Settings, edge_key: &str, authority: &str) -> Self {
        let whole = serve::<Ingress<Origin>>(origin.clone()).expect("the origin");
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let settings = Settings {
            listen,
            threads: 2,
            backends: pairs(&[(names::ORIGIN, &format!("http://{}", whole.addr()))]),
            config: pairs(&[(names::EDGE_NAME, name), (names::ORIGIN_AUTHORITY, authority)]),
            secrets: pairs(&[(names::EDGE_KEY, edge_key)]).into(),
            stores: vec![names::STORE.into()],
            ..Settings::default()
        };
        Self { edge: serve::<Gateway>(settings).expect("the edge"), _origin: whole }
    }

    /// Where the edge is. It knows a tenant by `Host`: `TENANT.localhost`.
    pub fn addr(&self) -> SocketAddr {
        self.edge.addr()
    }
}
