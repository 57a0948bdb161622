//! The whole journey over HTTP, from two new presses to a reader who has cancelled: on the native origin and on Spin's
//! components, by the same steps.

mod accounts;
mod address;
mod answer;
mod book;
mod browser;
mod cover;
mod others;
mod person;
mod picture;
mod place;
mod print;
mod probes;
mod provider;
mod sale;

use aw_runtimes::Result;

use self::place::Place;
use super::{Ctx, Outcome, ahead, checks::Checks};
use crate::up::OriginOn;

/// Goes the whole way on each origin whose tools can be had.
pub(super) fn check(ctx: &Ctx) -> Result<Outcome> {
    let mut checks = Checks::new(ctx);
    for origin in [OriginOn::Native, OriginOn::Spin] {
        match ahead::tools(origin.name()) {
            Ok(()) => journey(&mut checks, origin)?,
            Err(why) => checks.outcome.skip(format!("journey on {}", origin.name()), why.0),
        }
    }
    Ok(checks.outcome)
}

/// The steps, up to the first that cannot be taken: those behind it need what it gives.
fn journey(checks: &mut Checks<'_>, origin: OriginOn) -> Result<()> {
    let built = checks.step(&format!("{}: everything is built", origin.name()), || Place::build(origin))?;
    if built.is_none() {
        return Ok(());
    }
    let opened = checks.step(&format!("{}: everything starts", origin.name()), || {
        Place::open(origin).map_err(|failure| failure.to_string())
    })?;
    let Some(mut place) = opened else { return Ok(()) };
    let gone = walk(checks, &mut place);
    place.close();
    gone.map(drop)
}

/// `None` at the first step that fails.
fn walk(checks: &mut Checks<'_>, place: &mut Place) -> Result<Option<()>> {
    let on = place.on.name();
    macro_rules! step {
        ($name:literal, $step:expr) => {
            match checks.step(&format!("{on}: {}", $name), || $step)? {
                Some(given) => given,
                None => return Ok(None),
            }
        };
    }
    step!("two presses are made, each at its own host", accounts::presses(place));
    let mut owner = step!("the owner registers, is let in by the link in the mail, logs in", accounts::owner(place));
    let mut helper = step!("so does a friend", accounts::member(place, "charlotte"));
    let mut other = step!("and somebody else", accounts::member(place, "collins"));
    let mut book = step!("the owner imports a real book", book::novel(&mut owner));
    let legends = step!("and another, a folder of Markdown", book::legends(&mut owner));
    step!("only who is a collaborator writes in it", book::collaborate(&mut book, &mut owner, &mut helper, &mut other));
    let large = step!(
        "a cover of 15 MiB goes in parts to the object store, and is read at the edge",
        cover::parts(place, &mut owner)
    );
    step!("the file becomes the book's cover, and cannot be deleted", cover::set(&book, &mut owner, &large));
    let cover = step!("the other book's cover comes by tus, with a break in it", cover::resumed(place, &mut owner));
    step!("and becomes its cover", cover::set(&legends, &mut owner, &cover));
    step!("the book is published, and read at the edge as it was written", book::publish(place, &book, &mut owner));
    step!("so is the other", book::publish_another(place, &legends, &mut owner));
    step!("the edge shows the cover that came in parts", cover::shown(place, &book, &large));
    step!("and the one that came by tus", cover::shown(place, &legends, &cover));
    let job = step!("the owner asks for the book as a PDF, and no worker is there", print::ask(&book, &mut owner));
    step!("the typesetter makes it, and it is the book", print::made(place, &job, &mut owner, &mut other));
    step!("the owner names an identity provider", provider::named(place, &mut owner));
    step!("a reader logs in there, and is back at the book", provider::login(place, &book));
    step!("a state, a nonce or a code of another login lets nobody in", provider::lies(place));
    step!("a tier is made and sold, and chapters of it are for who pays", sale::offer(place, &book, &mut owner));
    step!("a stranger meets the paywall, and reads what is free", sale::strangers(place, &book));
    let mut reader = step!("a reader registers in the browser", sale::reader(place));
    step!(
        "the reader pays at the provider's page, with a card that is declined and one that works",
        sale::pay(place, &book, &mut reader)
    );
    step!("the reader reads what was paid for", sale::read(&book, &mut reader));
    step!("nobody else does", sale::strangers(place, &book));
    step!("the other press's reader and owner get nothing of it", others::nothing(place, &book, &owner, &reader));
    step!("the reader cancels, and reads no more", sale::cancel(&book, &mut reader));
    step!("what is free is free still", sale::strangers(place, &book));
    step!("all parts are alive and ready, and no stranger at the edge is told", probes::all_there(place));
    step!("a migration that is due is named", probes::migration(place));
    step!("an account at the provider that does not open is named", probes::payments(place));
    step!("a bucket that is gone is named", probes::bucket(place));
    step!("a database that is down is named, and is there again", probes::database(place));
    Ok(Some(()))
}
