//! A component as one writes it with Spin's SDK.

use spin_sdk::{
    http::{IntoResponse, Request, Response},
    http_component,
};

#[http_component]
fn handle(_: Request) -> anyhow::Result<impl IntoResponse> {
    Ok(Response::builder()
        .status(200)
        .header("content-type", "text/plain")
        .header("content-length", "5")
        .body("hello")
        .build())
}
