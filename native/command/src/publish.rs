//! `authorworks publish`: a book goes to the edges.

use std::process::ExitCode;

use http::Method;
use serde_json::Value;

use crate::{
    data::{DataArgs, Running},
    failure::Failure,
    operator::Operator,
    tenant,
};

/// Publish a book: freeze it as it is now and send it to every edge
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The book's slug or id
    book: String,
    /// The tenant's id
    #[arg(long)]
    tenant: String,
    #[command(flatten)]
    data: DataArgs,
    /// One object
    #[arg(long)]
    json: bool,
}

/// Publishes the book.
///
/// # Errors
/// The origin does not run, has no such book, or says no.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (operator, running) = Operator::of(&args.data)?;
    let id = id(&operator, &args.tenant, &args.book)?;
    let path = format!("/v1/books/{id}/publish");
    let published = operator.json(Method::POST, &path, Some(&args.tenant), &Value::Null)?;
    if args.json {
        println!("{published}");
        return Ok(ExitCode::SUCCESS);
    }
    let slug = published["slug"].as_str().unwrap_or_default();
    println!("Published {slug}: {} objects, {} records", published["objects"], published["records"]);
    for host in hosts(&operator, &args.tenant)? {
        shown(&host, slug, &running);
    }
    Ok(ExitCode::SUCCESS)
}

/// The id of the book that is called so.
///
/// # Errors
/// There is none.
pub(crate) fn id(operator: &Operator, tenant: &str, book: &str) -> Result<String, Failure> {
    if book.len() == 36 && book.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return Ok(book.to_ascii_lowercase());
    }
    let drafts = operator.list("/v1/drafts", Some(tenant))?;
    let found = drafts.iter().find(|draft| draft["slug"] == book).and_then(|draft| draft["id"].as_str());
    found.map(str::to_owned).ok_or_else(|| {
        let slugs: Vec<&str> = drafts.iter().filter_map(|draft| draft["slug"].as_str()).take(20).collect();
        let known =
            if slugs.is_empty() { "it has no books yet".to_owned() } else { format!("it has {}", slugs.join(", ")) };
        Failure::new(format!("{book}: {tenant} has no such book; {known}"))
    })
}

fn hosts(operator: &Operator, id: &str) -> Result<Vec<String>, Failure> {
    let tenants = operator.list("/v1/tenants", None)?;
    let tenant = tenants.iter().find(|tenant| tenant["id"] == id);
    let hosts = tenant.and_then(|tenant| tenant["hosts"].as_array()).into_iter().flatten();
    Ok(hosts.filter_map(|host| host.as_str().map(str::to_owned)).collect())
}

fn shown(host: &str, slug: &str, running: &Running) {
    println!("  {}/books/{slug}", tenant::address(host, running));
}
