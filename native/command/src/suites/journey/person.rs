//! Somebody with an account who uses the API.

use serde_json::{Value, json};

use super::{
    answer::{data, json as body, refused, same, text},
    browser::Browser,
    place::Place,
};
use crate::{
    conform::wire::Reply,
    mail,
    suites::{checks::Verdict, client::Client},
};

const PASSWORD: &str = "a truth universally acknowledged";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A person and the session that they have.
pub(super) struct Person {
    pub(super) email: String,
    pub(super) token: String,
    press: String,
    client: Client,
}

impl Person {
    /// Registers somebody who has not shown yet that the address is theirs.
    pub(super) fn register(place: &Place, press: &str, name: &str) -> Result<Self, String> {
        let mut client = place.stranger(press);
        let email = format!("{name}@{press}.example");
        let new = json!({ "email": email, "password": PASSWORD, "displayName": name });
        let made = data(&client.ask("POST", "/v1/auth/register", &[JSON], new.to_string().as_bytes())?, 201)?;
        same("the account", &made["user"]["email"], &json!(email))?;
        same("its address", &made["user"]["emailVerified"], &json!(false))?;
        same("its roles", &made["user"]["roles"], &json!(["reader"]))?;
        let again = client.ask("POST", "/v1/auth/register", &[JSON], new.to_string().as_bytes())?;
        refused(&again, 409, "USER_EMAIL_TAKEN")?;
        Ok(Self { email, token: text(&made, "accessToken")?.to_owned(), press: press.to_owned(), client })
    }

    /// Follows the link in the mail and presses the button, in a browser.
    pub(super) fn verify(&mut self, place: &Place) -> Verdict {
        let mails = place.operator(http::Method::GET, "/v1/mails?limit=100", Some(&self.press), &Value::Null)?;
        let mut mails = mails.as_array().into_iter().flatten();
        let mail = mails.find(|mail| mail["to"] == json!(self.email)).ok_or("there is no mail")?;
        let mail = format!("/v1/mails/{}", text(mail, "id")?);
        let mail = place.operator(http::Method::GET, &mail, Some(&self.press), &Value::Null)?;
        let link = mail::links(text(&mail, "text")?).next().ok_or_else(|| format!("no link in {mail}"))?.to_owned();
        let mut browser = Browser::new(place, &self.press);
        if !link.starts_with(&format!("http://{}/verify?token=", place.host(&self.press))) {
            return Err(format!("the link is {link}"));
        }
        let done = browser.submit(&link, &[])?;
        done.shows(200, &["Your address is confirmed"])?;
        // The link is good once.
        browser.submit(&link, &[])?.shows(400, &["this link is good no more"])
    }

    /// Logs in, after a try with another password.
    pub(super) fn login(&mut self, place: &Place) -> Verdict {
        let mut client = place.stranger(&self.press);
        let mut ask = |password: &str| {
            let body = json!({ "email": self.email, "password": password }).to_string();
            client.ask("POST", "/v1/auth/login", &[JSON], body.as_bytes())
        };
        refused(&ask("a truth universally denied")?, 401, "AUTH_LOGIN_FAILED")?;
        let session = data(&ask(PASSWORD)?, 200)?;
        same("its address", &session["user"]["emailVerified"], &json!(true))?;
        self.token = text(&session, "accessToken")?.to_owned();
        self.client = Client::member(place.edge, &place.host(&self.press), &self.token);
        let known = data(&self.client.get("/v1/auth/session")?, 200)?;
        same("who the edge knows", &known["user"]["id"], &session["user"]["id"])?;
        same("what the edge knows", &known["user"]["emailVerified"], &json!(true))
    }

    /// Asks with headers and a body.
    pub(super) fn ask(
        &mut self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, String> {
        self.client.ask(method, path, fields, body)
    }

    /// Asks without a body.
    pub(super) fn get(&mut self, path: &str) -> Result<Reply, String> {
        self.client.get(path)
    }

    /// Sends JSON; the data of the answer.
    pub(super) fn send(&mut self, method: &str, path: &str, value: &Value, status: u16) -> Result<Value, String> {
        let reply = self.client.ask(method, path, &[JSON], value.to_string().as_bytes())?;
        data(&reply, status).map_err(|why| format!("{method} {path}: {why}"))
    }

    /// Changes something of that version.
    pub(super) fn change(&mut self, method: &str, path: &str, version: &Value, value: &Value) -> Result<Reply, String> {
        let version = format!("\"{}\"", version.as_str().map_or_else(|| version.to_string(), str::to_owned));
        self.client.ask(method, path, &[JSON, ("if-match", &version)], value.to_string().as_bytes())
    }

    /// The data of what is there.
    pub(super) fn see(&mut self, path: &str) -> Result<Value, String> {
        let reply = self.client.get(path)?;
        Ok(body(&reply, 200).map_err(|why| format!("{path}: {why}"))?["data"].take())
    }
}
