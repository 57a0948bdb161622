//! A browser without JavaScript: it keeps cookies, fills in forms, and goes where it is sent when it is told to.

use std::{collections::BTreeMap, net::SocketAddr};

use super::{address, answer::shows, place::Place};
use crate::{
    conform::wire::Reply,
    operator::escape,
    suites::{checks::Verdict, client::Client},
};

/// A browser at one press.
pub(super) struct Browser {
    edge: SocketAddr,
    host: String,
    /// By name.
    pub(super) cookies: BTreeMap<String, String>,
}

/// What it shows.
pub(super) struct Page(pub(super) Reply);

impl Page {
    /// Whether it has this status and these texts.
    pub(super) fn shows(&self, status: u16, texts: &[&str]) -> Verdict {
        shows(&self.0, status, texts)
    }

    /// Where a redirect leads.
    pub(super) fn location(&self) -> Result<String, String> {
        super::answer::has_status(&self.0, 303)?;
        self.0.head.text("location").ok_or_else(|| "a redirect to nowhere".to_owned())
    }

    /// Where the page sends the browser by itself.
    pub(super) fn refresh(&self) -> Result<String, String> {
        let refresh = self.0.head.text("refresh").unwrap_or_default();
        let to = refresh.strip_prefix("0; url=");
        to.map(str::to_owned).ok_or_else(|| format!("{}: it leads nowhere", self.0.status()))
    }

    /// The value of a hidden field.
    pub(super) fn hidden(&self, name: &str) -> Result<String, String> {
        let (page, field) = (self.0.text(), format!("name=\"{name}\" value=\""));
        let value = page.split_once(&field).and_then(|(_, rest)| rest.split('"').next());
        value.map(plain).ok_or_else(|| format!("no field {name} in a page with status {}", self.0.status()))
    }

    /// The first link that begins so.
    pub(super) fn link(&self, start: &str) -> Result<String, String> {
        let (page, start) = (self.0.text(), format!("href=\"{start}"));
        let link = page.split_once(&start).and_then(|(_, rest)| rest.split('"').next());
        link.map(|rest| plain(&format!("{}{rest}", &start[6..]))).ok_or_else(|| format!("no link {start}"))
    }
}

/// An attribute's value as it is meant.
fn plain(value: &str) -> String {
    value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

impl Browser {
    /// One that has been nowhere.
    pub(super) fn new(place: &Place, press: &str) -> Self {
        Self { edge: place.edge, host: place.host(press), cookies: BTreeMap::new() }
    }

    /// The page at a path of the press, or at an address elsewhere.
    pub(super) fn get(&mut self, to: &str) -> Result<Page, String> {
        self.go(to, None)
    }

    /// Sends a form to a path of the press, or to an address elsewhere.
    pub(super) fn post(&mut self, to: &str, fields: &[(&str, &str)]) -> Result<Page, String> {
        self.go(to, Some(fields))
    }

    /// Fills in the form of the page at `to`, with what is hidden in it, and sends it to where the page is.
    pub(super) fn submit(&mut self, to: &str, fields: &[(&str, &str)]) -> Result<Page, String> {
        let page = self.get(to)?;
        let hidden: Vec<(&str, String)> = ["csrf", "next", "token", "plan"]
            .into_iter()
            .filter(|name| !fields.iter().any(|(given, _)| given == name))
            .filter_map(|name| Some((name, page.hidden(name).ok()?)))
            .collect();
        let hidden = hidden.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<(&str, &str)> = hidden.chain(fields.iter().copied()).collect();
        self.post(to.split('?').next().unwrap_or(to), &all)
    }

    fn go(&mut self, to: &str, form: Option<&[(&str, &str)]>) -> Result<Page, String> {
        let path = to.strip_prefix(&format!("http://{}", self.host)).unwrap_or(to);
        let ours = path.starts_with('/');
        let (addr, host, path) = if ours {
            (self.edge, self.host.clone(), path)
        } else {
            let (addr, authority, path) = address::parts(path)?;
            (addr, authority.to_owned(), path)
        };
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut fields = Vec::new();
        if ours && !cookies.is_empty() {
            fields.push(("cookie", cookies.as_str()));
        }
        let mut client = Client::stranger(addr, &host);
        let reply = match form {
            None => client.ask("GET", path, &fields, b"")?,
            Some(form) => {
                let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
                fields.push(("content-type", "application/x-www-form-urlencoded"));
                client.ask("POST", path, &fields, body.join("&").as_bytes())?
            }
        };
        if ours {
            self.keep(&reply);
        }
        Ok(Page(reply))
    }

    fn keep(&mut self, reply: &Reply) {
        for value in reply.head.all("set-cookie") {
            let value = String::from_utf8_lossy(value);
            let Some((name, value)) = value.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
