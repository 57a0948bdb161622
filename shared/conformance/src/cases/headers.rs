//! Header fields of fetches arrive as they were sent: repeated, and in bytes.

use aw_platform::{
    Body, Platform,
    http::{HeaderValue, Request},
};

use crate::{
    ask::{body, response, send},
    case::{Failure, Outcome, ensure},
    origin::{COOKIES, hex, opaque},
};

pub(super) async fn cookies<P: Platform>(p: &P) -> Outcome {
    let response = response(p, "/cookies").await?;
    let got: Vec<_> = response.headers().get_all("set-cookie").iter().map(|v| v.as_bytes()).collect();
    ensure!(got == COOKIES.map(str::as_bytes), "the two Set-Cookie fields arrived as {got:?}");
    Ok(())
}

pub(super) async fn opaque_in<P: Platform>(p: &P) -> Outcome {
    let response = response(p, "/opaque").await?;
    let got = response.headers().get("x-opaque").map(|v| hex(v.as_bytes()));
    ensure!(got == Some(hex(&opaque())), "the bytes 80 to ff arrived as {got:?}");
    Ok(())
}

/// The lines that the origin saw of the header called `name`.
async fn seen<P: Platform>(p: &P, name: &str, values: &[HeaderValue]) -> Result<Vec<String>, Failure> {
    let mut request = Request::get("/reflect").body(Body::Empty)?;
    let header = aw_platform::http::HeaderName::try_from(name).map_err(Failure::new)?;
    for value in values {
        request.headers_mut().append(header.clone(), value.clone());
    }
    let text = String::from_utf8_lossy(&body::<P>(send(p, request).await?).await?).into_owned();
    let start = format!("{name}=");
    Ok(text.lines().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect())
}

pub(super) async fn opaque_out<P: Platform>(p: &P) -> Outcome {
    let value = HeaderValue::from_bytes(&opaque()).map_err(Failure::new)?;
    let got = seen(p, "x-opaque", &[value]).await?;
    ensure!(got == [hex(&opaque())], "the bytes 80 to ff were sent as {got:?}");
    Ok(())
}

pub(super) async fn repeated<P: Platform>(p: &P) -> Outcome {
    let got = seen(p, "x-many", &[HeaderValue::from_static("one"), HeaderValue::from_static("two, three")]).await?;
    // RFC 9110, section 5.3: a recipient may join the lines of one field with a comma.
    let joined = [hex(b"one, two, three")];
    ensure!(got == [hex(b"one"), hex(b"two, three")] || got == joined, "two lines of one field were sent as {got:?}");
    Ok(())
}
