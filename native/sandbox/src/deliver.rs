//! The thread that delivers webhooks: signed, again and again until they are taken.

use std::{
    net::Ipv4Addr,
    sync::{Mutex, PoisonError, Weak},
    time::Duration,
};

use aw_trust::webhook;
use ureq::{
    Agent,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use crate::state::{Delivery, State, machine_ms};

/// How often it is looked what is due.
const TICK: Duration = Duration::from_millis(30);
/// How long an endpoint has to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// After so many attempts a webhook is given up: what it told is found by reconciliation.
const ATTEMPTS: u32 = 16;

/// Delivers for as long as the state lives.
pub(crate) fn run(state: &Weak<Mutex<State>>) {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE))
        .proxy(None)
        .build();
    let agent = Agent::with_parts(config, DefaultConnector::new(), Local::default());
    loop {
        std::thread::sleep(TICK);
        let Some(due) = state.upgrade().map(|state| due(&state)) else { return };
        for delivery in due {
            let taken = send(&agent, &delivery);
            let Some(state) = state.upgrade() else { return };
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            for account in state.accounts.values_mut() {
                let mine = |d: &Delivery| d.id == delivery.id && d.body == delivery.body && d.url == delivery.url;
                if taken || delivery.attempts + 1 >= ATTEMPTS {
                    account.deliveries.retain(|d| !mine(d));
                } else if let Some(kept) = account.deliveries.iter_mut().find(|d| mine(d)) {
                    kept.attempts += 1;
                    kept.due = machine_ms() + 500 * (1 << kept.attempts.min(7));
                }
            }
            state.save();
        }
    }
}

fn due(state: &Mutex<State>) -> Vec<Delivery> {
    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let now = machine_ms();
    state.accounts.values().flat_map(|account| &account.deliveries).filter(|d| d.due <= now).take(20).cloned().collect()
}

/// Whether it was taken.
fn send(agent: &Agent, delivery: &Delivery) -> bool {
    let signature = webhook::sign(delivery.body.as_bytes(), &[&delivery.secret], machine_ms() / 1000);
    let request = agent
        .post(&delivery.url)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "AuthorWorks-Sandbox/1.0")
        .header("stripe-signature", signature);
    request.send(delivery.body.as_bytes()).is_ok_and(|response| response.status().is_success())
}

/// Finds `localhost` and the hosts below it on this machine, whatever the system's resolver says (RFC 6761,
/// section 6.3).
#[derive(Debug, Default)]
struct Local(DefaultResolver);

impl Resolver for Local {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        if host == "localhost" || host.ends_with(".localhost") {
            let mut found = self.empty();
            found.push((Ipv4Addr::LOCALHOST, uri.port_u16().unwrap_or(80)).into());
            return Ok(found);
        }
        self.0.resolve(uri, config, timeout)
    }
}
