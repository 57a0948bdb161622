//! Outbound HTTP, with the same client as Spin's: connections are kept, and only listed hosts are reached.

use std::{error::Error as _, io, sync::Arc};

use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::timeout;
use wasmtime_wasi_http::p2::{
    HttpError, WasiHttpHooks,
    bindings::http::types::ErrorCode,
    body::HyperOutgoingBody,
    hyper_request_error,
    types::{HostFutureIncomingResponse, IncomingResponse, OutgoingRequestConfig},
};

use crate::app::Deployed;

/// What all instances send with.
pub type Client = legacy::Client<HttpConnector, HyperOutgoingBody>;

/// A client without connections.
pub fn client() -> Client {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(false);
    legacy::Client::builder(TokioExecutor::new()).build(connector)
}

/// One instance's way out.
pub struct Outbound(Arc<Deployed>);

impl Outbound {
    /// For an instance of `component`.
    pub fn new(component: Arc<Deployed>) -> Self {
        Self(component)
    }

    fn permit(&self, uri: &http::Uri) -> Result<(), ErrorCode> {
        let scheme = uri.scheme_str().unwrap_or_default();
        let allowed = uri.host().is_some_and(|host| self.0.allowed.allows(scheme, host, uri.port_u16()));
        if allowed {
            return Ok(());
        }
        eprintln!("spin-host: {} may not connect to {uri}: it is not in allowed_outbound_hosts", self.0.id);
        Err(ErrorCode::HttpRequestDenied)
    }
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        mut request: http::Request<HyperOutgoingBody>,
        config: OutgoingRequestConfig,
    ) -> Result<HostFutureIncomingResponse, HttpError> {
        let permitted = self.permit(request.uri());
        let client = self.0.client.clone();
        let pending = wasmtime_wasi::runtime::spawn(async move {
            let answer = async {
                permitted?;
                if config.use_tls {
                    return Err(ErrorCode::InternalError(Some("this host has no TLS".into())));
                }
                request.headers_mut().remove(http::header::HOST);
                let sent = timeout(config.first_byte_timeout, client.request(request)).await;
                sent.map_err(|_| ErrorCode::ConnectionReadTimeout)?.map_err(|e| failed(&e))
            };
            Ok(answer.await.map(|response| IncomingResponse {
                resp: response.map(|body| body.map_err(hyper_request_error).boxed_unsync()),
                worker: None,
                between_bytes_timeout: config.between_bytes_timeout,
            }))
        });
        Ok(HostFutureIncomingResponse::pending(pending))
    }
}

fn failed(error: &legacy::Error) -> ErrorCode {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(code) = inner.downcast_ref::<ErrorCode>() {
            return code.clone();
        }
        match inner.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return ErrorCode::ConnectionRefused,
            Some(io::ErrorKind::ConnectionReset) => return ErrorCode::ConnectionTerminated,
            _ => {}
        }
        cause = inner.source();
    }
    if error.is_connect() { ErrorCode::DestinationUnavailable } else { ErrorCode::HttpProtocolError }
}
