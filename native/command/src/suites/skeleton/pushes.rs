//! Deliveries that are lost, doubled, late, and in another order.

use std::{
    thread,
    time::{Duration, Instant},
};

use aw_runtimes::{Error, Result};

use super::{
    Checks, Verdict,
    press::{Press, title_at},
    relay::Fault,
    said,
};

/// How long a busy machine may take to try a delivery.
const PATIENCE: Duration = Duration::from_secs(60);

/// Has each fault happen to a publish; every edge ends at the newest.
pub(super) fn check(checks: &mut Checks<'_>, press: &mut Press) -> Result<()> {
    for (name, fault) in
        [("lost", Fault::Lost), ("whose answer is lost", Fault::Unanswered), ("doubled", Fault::Doubled)]
    {
        let title = format!("Chapter 1, {fault:?}");
        during(press, fault, &[&title])?;
        checks.hold(&format!("a push {name}: every edge ends at the newest"), press.arrived(&title))?;
    }
    during(press, Fault::Kept, &["Chapter 1, older", "Chapter 1, old"])?;
    during(press, Fault::None, &["Chapter 1, newest"])?;
    checks.hold("pushes kept back: the newest arrives", press.arrived("Chapter 1, newest"))?;
    for edge in &press.edges {
        let answers = edge.relay.let_go();
        let verdict = match answers {
            Ok(answers) if answers.is_empty() => Err("none was kept back".to_owned()),
            // 401 is for one whose signature is too old by now.
            Ok(answers) if answers.iter().all(|status| matches!(status, 200 | 204 | 401)) => Ok(()),
            Ok(answers) => Err(format!("{answers:?}")),
            Err(e) => Err(e.to_string()),
        };
        checks.hold(&format!("{} takes pushes that come late and in another order", edge.name), verdict)?;
        let newest: Verdict = title_at(edge).and_then(|title| match title.as_str() {
            "Chapter 1, newest" => Ok(()),
            other => Err(format!("it serves {other:?}")),
        });
        checks.hold(&format!("{} stays at the newest", edge.name), newest)?;
    }
    Ok(())
}

/// Publishes under each title in turn while deliveries go that way, and lets them arrive again.
fn during(press: &Press, fault: Fault, titles: &[&str]) -> Result<()> {
    press.edges.iter().for_each(|edge| edge.relay.set(fault));
    titles.iter().try_for_each(|title| tried(press, title))?;
    press.edges.iter().for_each(|edge| edge.relay.set(Fault::None));
    Ok(())
}

/// Publishes under this title and waits until a delivery to each edge has been tried: what is not sent cannot be lost.
pub(super) fn tried(press: &Press, title: &str) -> Result<()> {
    let seen: Vec<u64> = press.edges.iter().map(|edge| edge.relay.seen()).collect();
    press.retitle(title).and_then(|()| press.publish()).map_err(said).map_err(Error)?;
    let until = Instant::now() + PATIENCE;
    while press.edges.iter().zip(&seen).any(|(edge, seen)| edge.relay.seen() <= *seen) {
        if Instant::now() > until {
            return Err(Error(format!("no delivery of {title:?} was tried in {PATIENCE:?}")));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
