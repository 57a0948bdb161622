//! From a backend's base URL to an open connection.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use aw_platform::http::{HeaderValue, Uri};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::egress;

/// Where a backend is.
#[derive(Debug)]
pub(crate) struct Target {
    host: String,
    port: u16,
    tls: bool,
    /// Whether the host must have a public address.
    public: bool,
    /// What `Host` says where the app does not.
    pub(crate) authority: HeaderValue,
}

impl Target {
    /// Takes `http://HOST[:PORT]` and `https://HOST[:PORT]`.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let wrong =
            || format!("{url:?} is no base URL; write http://HOST[:PORT] or https://HOST[:PORT], without a path");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().filter(|a| !a.host().is_empty() && !a.as_str().contains('@'));
        let authority = authority.ok_or_else(wrong)?;
        if uri.path() != "/" || uri.query().is_some() {
            return Err(wrong());
        }
        Ok(Self {
            host: authority.host().trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            tls,
            public: false,
            authority: HeaderValue::from_str(authority.as_str()).map_err(|_| wrong())?,
        })
    }

    /// The host that a request's URI names, which anybody may have chosen: public, by TLS, on its own port.
    pub(crate) fn chosen(uri: &Uri) -> Result<Self, String> {
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("https"));
        let authority = authority.ok_or("the request names no https host")?;
        let target = Self::parse(&format!("https://{authority}"))?;
        if target.port != 443 { Err("the port is not 443".to_owned()) } else { Ok(Self { public: true, ..target }) }
    }

    /// As [`chosen`](Self::chosen), or this machine by its loopback name or address, in clear text.
    pub(crate) fn chosen_or_local(uri: &Uri) -> Result<Self, String> {
        match uri.authority().filter(|_| uri.scheme_str() == Some("http")) {
            Some(authority) if matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]") => {
                Self::parse(&format!("http://{authority}"))
            }
            Some(_) => Err("only this machine is reached in clear text".to_owned()),
            None => Self::chosen(uri),
        }
    }

    /// Whether an absolute URI is of this target.
    pub(crate) fn has(&self, uri: &Uri) -> bool {
        let scheme = if self.tls { "https" } else { "http" };
        let authority = self.authority.to_str().unwrap_or_default();
        uri.scheme_str() == Some(scheme) && uri.authority().is_some_and(|a| a.as_str().eq_ignore_ascii_case(authority))
    }

    /// Opens a connection.
    pub(crate) async fn connect(&self, tls: &Tls) -> io::Result<Stream> {
        let tcp = if self.public {
            TcpStream::connect(&*egress::public(&self.host, self.port).await?).await?
        } else {
            TcpStream::connect((self.host.as_str(), self.port)).await?
        };
        tcp.set_nodelay(true)?;
        if !self.tls {
            return Ok(Stream::Plain(tcp));
        }
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        Ok(Stream::Tls(Box::new(tls.connector()?.connect(name, tcp).await?)))
    }
}

/// TLS for outbound connections, prepared when it is first needed.
#[derive(Default)]
pub(crate) struct Tls(std::cell::OnceCell<TlsConnector>);

impl Tls {
    /// The system's certificates; where it has none, Mozilla's.
    fn connector(&self) -> io::Result<&TlsConnector> {
        if let Some(connector) = self.0.get() {
            return Ok(connector);
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(self.0.get_or_init(|| TlsConnector::from(Arc::new(config))))
    }
}

/// A connection in clear text or TLS.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

macro_rules! either {
    ($self:ident, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Stream::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Stream::Tls($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
