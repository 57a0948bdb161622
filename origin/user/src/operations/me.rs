//! The account of whoever asks.

use aw_openapi::{Access, JsonSchema, Operation};

use crate::{
    account::Account,
    credentials::{EmailChange, PasswordChange},
    follows::Follow,
    leaving::{Export, Farewell},
    preferences::{Preferences, PreferencesChange},
    profile::{Profile, ProfileChange, PublicProfile},
    sessions::SessionInfo,
    verification::Mailed,
};

/// Which sessions a logout leaves.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "a schema and no value")]
enum Keep {
    /// The one that asks.
    Current,
}

fn mine(operation: Operation, summary: &'static str) -> Operation {
    // 403: the operator has no account; a browser's write without its CSRF token.
    operation.about("account", summary).access(Access::Reader).refuses(&[403, 404])
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        mine(Operation::get("/v1/account", "getAccount"), "The account of whoever asks")
            .answers::<Account>(200)
            .with_header("ETag", "The account's version"),
        mine(
            Operation::post("/v1/account/verification", "mailVerification"),
            "Mails the link again that proves the address",
        )
        .answers::<Mailed>(202)
        .refuses(&[409]),
        mine(
            Operation::put("/v1/account/password", "changePassword"),
            "Changes the password, and ends every other session",
        )
        .body::<PasswordChange>()
        .answers_nothing(204)
        .refuses(&[422]),
        mine(
            Operation::post("/v1/account/email", "changeEmail"),
            "Mails a link to a new address, which makes it the account's",
        )
        .body::<EmailChange>()
        .answers::<Mailed>(202)
        .refuses(&[409, 422]),
        mine(Operation::get("/v1/account/sessions", "listSessions"), "Where one is logged in, the newest first")
            .pages::<SessionInfo>(),
        mine(Operation::delete("/v1/account/sessions", "endSessions"), "Logs out everywhere")
            .query::<Keep>("keep", "`current`: everywhere else")
            .answers_nothing(204),
        mine(Operation::delete("/v1/account/sessions/{id}", "endSession"), "Logs out of one session")
            .path::<String>("id", "The session's id")
            .answers_nothing(204),
        mine(Operation::get("/v1/account/profile", "getMyProfile"), "What the account shows of itself")
            .answers::<Profile>(200)
            .with_header("ETag", "The account's version"),
        mine(Operation::patch("/v1/account/profile", "changeMyProfile"), "Changes it; with a handle it is public")
            .if_match()
            .body::<ProfileChange>()
            .answers::<Profile>(200)
            .with_header("ETag", "The account's version")
            .refuses(&[409, 422]),
        mine(
            Operation::get("/v1/account/preferences", "getPreferences"),
            "How the account reads, and what it has mail about",
        )
        .answers::<Preferences>(200)
        .with_header("ETag", "The account's version"),
        mine(Operation::patch("/v1/account/preferences", "changePreferences"), "Changes them")
            .if_match()
            .body::<PreferencesChange>()
            .answers::<Preferences>(200)
            .with_header("ETag", "The account's version")
            .refuses(&[422]),
        mine(Operation::get("/v1/account/following", "listFollowing"), "Whom the account follows, the newest first")
            .pages::<Follow>(),
        mine(Operation::get("/v1/account/followers", "listFollowers"), "Who follows the account, the newest first")
            .pages::<Follow>(),
        mine(Operation::put("/v1/account/following/{handle}", "follow"), "Follows; takes an address that is proved")
            .path::<String>("handle", "The profile's handle")
            .answers_nothing(204)
            .refuses(&[409]),
        mine(Operation::delete("/v1/account/following/{handle}", "unfollow"), "Follows no more")
            .path::<String>("handle", "The profile's handle")
            .answers_nothing(204),
        Operation::get("/v1/profiles/{handle}", "getProfile")
            .about("profiles", "A public profile")
            .access(Access::Public)
            .path::<String>("handle", "The profile's handle")
            .answers::<PublicProfile>(200)
            .refuses(&[404]),
        mine(Operation::get("/v1/account/export", "exportAccount"), "All that the press has of the account")
            .answers::<Export>(200)
            .with_header("Content-Disposition", "A file's name"),
        mine(
            Operation::post("/v1/account/deletion", "deleteAccount"),
            "Deletes the account; what must stay says nothing of it",
        )
        .body::<Farewell>()
        .answers_nothing(204)
        .refuses(&[409]),
    ]
}
