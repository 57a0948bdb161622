//! Fetches: what is sent, what arrives, and that they overlap.

use std::time::Duration;

use aw_platform::{
    Body, Bytes, Platform,
    http::{Method, Request, StatusCode},
};
use futures_util::{future::join_all, stream};

use crate::{
    ask::{body, response, send, start, text, unique},
    case::{Failure, Outcome, ensure},
    origin::{GZIP, pattern},
};

pub(super) async fn plain<P: Platform>(p: &P) -> Outcome {
    let got = text(p, "/status/200").await?;
    ensure!(got == "body", "the body is {got:?}");
    Ok(())
}

pub(super) async fn post<P: Platform>(p: &P) -> Outcome {
    let sent: Bytes = (0..=255).collect();
    let got = body::<P>(send(p, Request::post("/echo").body(Body::from(sent.clone()))?).await?).await?;
    ensure!(got == sent, "256 bytes came back as {} others", got.len());
    let seen = body::<P>(send(p, Request::post("/reflect").body(Body::from(sent))?).await?).await?;
    let seen = String::from_utf8_lossy(&seen);
    ensure!(
        seen.contains("\ncontent-length=323536\n"),
        "a body of known length was sent without Content-Length: {seen}"
    );
    Ok(())
}

pub(super) async fn methods<P: Platform>(p: &P) -> Outcome {
    for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let request = Request::builder().method(method.clone()).uri("/reflect/m").body(Body::Empty)?;
        let seen = body::<P>(send(p, request).await?).await?;
        let line = format!("{method} /reflect/m\n");
        ensure!(seen.starts_with(line.as_bytes()), "{method} was sent as {:?}", String::from_utf8_lossy(&seen));
    }
    Ok(())
}

pub(super) async fn stream_up<P: Platform>(p: &P) -> Outcome {
    let chunks = stream::iter((0..64_u64).map(|n| {
        let mut chunk = vec![0; 10_000];
        pattern(n * 10_000, &mut chunk);
        Ok(Bytes::from(chunk))
    }));
    let got = body::<P>(send(p, Request::put("/echo").body(Body::stream(chunks))?).await?).await?;
    let mut sent = vec![0; 640_000];
    pattern(0, &mut sent);
    ensure!(got == sent, "64 chunks of 10,000 bytes were sent, {} bytes came back", got.len());
    Ok(())
}

pub(super) async fn large<P: Platform>(p: &P) -> Outcome {
    let mut body = response(p, "/big?bytes=5000000").await?.into_body();
    let (mut at, mut expected) = (0, Vec::new());
    while let Some(chunk) = body.chunk().await.transpose()? {
        ensure!(!chunk.is_empty(), "a chunk is empty");
        expected.resize(chunk.len(), 0);
        pattern(at, &mut expected);
        ensure!(chunk == expected, "the bytes from {at} on are not the origin's");
        at += chunk.len() as u64;
    }
    ensure!(at == 5_000_000, "5,000,000 bytes arrived as {at}");
    Ok(())
}

pub(super) async fn target<P: Platform>(p: &P) -> Outcome {
    for target in ["/reflect/a%2Fb%20c/%C3%BC?x=%41&y=a+b&z=&&w=1?2/3", "/reflect?", "/reflect/~a'b(c)*!$,;:@"] {
        let seen = text(p, target).await?;
        let line = seen.lines().next().unwrap_or_default();
        ensure!(line == format!("GET {target}"), "{target} was asked for as {line:?}");
    }
    Ok(())
}

pub(super) async fn host<P: Platform>(p: &P) -> Outcome {
    let hosts = |seen: &str| seen.lines().filter(|line| line.starts_with("host=")).count();
    let seen = text(p, "/reflect").await?;
    ensure!(hosts(&seen) == 1, "without a Host of ours, {} were sent", hosts(&seen));
    let request = Request::get("/reflect").header("host", "books.example").body(Body::Empty)?;
    let seen = body::<P>(send(p, request).await?).await?;
    let seen = String::from_utf8_lossy(&seen);
    let ours = format!("\nhost={}\n", crate::origin::hex(b"books.example"));
    ensure!(seen.contains(&ours) && hosts(&seen) == 1, "Host: books.example was sent as {seen}");
    Ok(())
}

pub(super) async fn head<P: Platform>(p: &P) -> Outcome {
    let response = send(p, Request::head("/status/200").body(Body::Empty)?).await?;
    ensure!(response.status() == 200, "the status is {}", response.status());
    let length = response.headers().get("content-length").cloned();
    ensure!(length.as_ref().is_some_and(|v| v == "4"), "the origin's Content-Length: 4 is {length:?}");
    let body = response.into_body().bytes(100).await?;
    ensure!(body.is_empty(), "a HEAD has a body");
    Ok(())
}

pub(super) async fn no_content<P: Platform>(p: &P) -> Outcome {
    let response = response(p, "/status/204").await?;
    ensure!(response.status() == StatusCode::NO_CONTENT, "the status is {}", response.status());
    ensure!(response.into_body().bytes(100).await?.is_empty(), "a 204 has a body");
    Ok(())
}

pub(super) async fn not_modified<P: Platform>(p: &P) -> Outcome {
    let response = send(p, Request::get("/etag").header("if-none-match", "\"v1\"").body(Body::Empty)?).await?;
    ensure!(response.status() == StatusCode::NOT_MODIFIED, "the status is {}", response.status());
    ensure!(response.headers().get("etag").is_some_and(|v| v == "\"v1\""), "the ETag is lost");
    ensure!(response.into_body().bytes(100).await?.is_empty(), "a 304 has a body");
    Ok(())
}

pub(super) async fn statuses<P: Platform>(p: &P) -> Outcome {
    for status in [201_u16, 206, 299, 400, 404, 418, 451, 499, 500, 503, 599] {
        let got = response(p, &format!("/status/{status}")).await?.status();
        ensure!(got == status, "{status} arrived as {got}");
    }
    Ok(())
}

pub(super) async fn redirect<P: Platform>(p: &P) -> Outcome {
    let response = response(p, "/redirect").await?;
    ensure!(response.status() == StatusCode::FOUND, "the status is {}", response.status());
    ensure!(response.headers().get("location").is_some_and(|v| v == "/elsewhere"), "the Location is lost");
    Ok(())
}

pub(super) async fn gzip<P: Platform>(p: &P) -> Outcome {
    let response = response(p, "/gzip").await?;
    let coding = response.headers().get("content-encoding").cloned();
    ensure!(coding.as_ref().is_some_and(|v| v == "gzip"), "Content-Encoding: gzip arrived as {coding:?}");
    let got = body::<P>(response).await?;
    ensure!(got == GZIP, "the compressed bytes arrived as {:?}", String::from_utf8_lossy(&got));
    Ok(())
}

pub(super) async fn chunked<P: Platform>(p: &P) -> Outcome {
    let got = text(p, "/chunked").await?;
    ensure!(got == "one,two,three", "three chunks arrived as {got:?}");
    Ok(())
}

async fn overlap<P: Platform>(p: &P, count: usize) -> Outcome {
    let target = format!("/meet?group={}&count={count}", unique(p, "meet-"));
    let started: Vec<_> = (0..count).map(|_| start(p, &target)).collect::<Result<_, Failure>>()?;
    for (n, answer) in join_all(started).await.into_iter().enumerate() {
        let status = answer?.status();
        ensure!(status == 200, "fetch {n} of {count} did not meet the others at the origin ({status})");
    }
    Ok(())
}

pub(super) async fn two_overlap<P: Platform>(p: &P) -> Outcome {
    let target = format!("/meet?group={}&count=2", unique(p, "meet-"));
    // Awaited one after the other: only a fetch that was sent when it was called can meet its neighbour.
    let (first, second) = (start(p, &target)?, start(p, &target)?);
    let (first, second) = (first.await?.status(), second.await?.status());
    ensure!(first == 200 && second == 200, "two fetches did not meet at the origin ({first}, {second})");
    Ok(())
}

pub(super) async fn six_overlap<P: Platform>(p: &P) -> Outcome {
    overlap(p, 6).await
}

pub(super) async fn starts_unawaited<P: Platform>(p: &P) -> Outcome {
    let key = unique(p, "eager-");
    let fetch = start(p, &format!("/count?key={key}"))?;
    for _ in 0..50 {
        if text(p, &format!("/counted?key={key}")).await? == "1" {
            return answered(fetch.await?.status());
        }
        p.sleep(Duration::from_millis(100)).await;
    }
    Err(Failure::new("a fetch that nobody awaits was not sent within 5 s"))
}

fn answered(status: StatusCode) -> Outcome {
    ensure!(status == 200, "the fetch, awaited at last, gives {status}");
    Ok(())
}
