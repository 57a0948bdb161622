//! Connections, and one instance for each request on them.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::oneshot, task};
use wasmtime::{Result, Store, error::Context, format_err};
use wasmtime_wasi_http::p2::{WasiHttpView, bindings::http::types::Scheme, body::HyperOutgoingBody};

use crate::{
    app::{App, Deployed},
    prepare,
    router::Route,
    state::State,
};

/// Serves until the task is dropped.
pub async fn serve(app: Arc<App>, listener: TcpListener) {
    loop {
        // What cannot be accepted (too many files) may be later.
        let Ok((stream, client)) = listener.accept().await else { continue };
        let app = app.clone();
        task::spawn(async move {
            let service = service_fn(move |request| {
                let app = app.clone();
                async move { handle(&app, request, client).await }
            });
            // The peer went away or broke the protocol.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn handle(
    app: &App,
    mut request: Request<Incoming>,
    client: SocketAddr,
) -> anyhow::Result<Response<HyperOutgoingBody>> {
    request.headers_mut().remove(http::header::CONNECTION);
    let path = request.uri().path();
    if path == "/.well-known/spin/health" {
        let body = Full::from("OK").map_err(|never| match never {}).boxed_unsync();
        return Ok(Response::new(body));
    }
    let found = app.router.route(path).and_then(|route| Some((route, app.components.get(&route.component)?)));
    let Some((route, component)) = found else { return Ok(empty(StatusCode::NOT_FOUND)) };
    prepare::whole_uri(&mut request)?;
    Ok(run(app.max_memory, component, route, request, client).await.unwrap_or_else(|e| {
        eprintln!("spin-host: {}: {e:#}", component.id);
        empty(StatusCode::INTERNAL_SERVER_ERROR)
    }))
}

fn empty(status: StatusCode) -> Response<HyperOutgoingBody> {
    let mut response = Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response
}

/// Answers with a fresh instance. It goes on after the response, and when the client has gone.
async fn run(
    max_memory: usize,
    component: &Arc<Deployed>,
    route: &Route,
    mut request: Request<Incoming>,
    client: SocketAddr,
) -> Result<Response<HyperOutgoingBody>> {
    prepare::fields(&mut request, route, client).map_err(|e| format_err!("{e:#}"))?;
    let begun = Instant::now();
    let mut store = Store::new(component.pre.engine(), State::new(component.clone(), max_memory));
    store.limiter(|state| &mut state.limits);
    let proxy = component.pre.instantiate_async(&mut store).await?;
    component.measured.started(begun.elapsed());
    let (sender, receiver) = oneshot::channel();
    let request = store.data_mut().http().new_incoming_request(Scheme::Http, request)?;
    let out = store.data_mut().http().new_response_outparam(sender)?;
    let component = component.clone();
    let guest = task::spawn(async move {
        let ended = proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await;
        if let Err(e) = &ended {
            eprintln!("spin-host: {} trapped: {e:#}", component.id);
        }
        component.measured.ended(store.data().limits.memory());
        ended
    });
    match receiver.await {
        Ok(response) => response.context("the component gave an error for a response"),
        Err(_) => {
            guest.await.context("the host panicked")??;
            Err(format_err!("the component ended without a response"))
        }
    }
}
