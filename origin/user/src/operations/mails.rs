//! The outbox of mail.

use aw_mail::{MailDetail, MailSummary, Progress, State};
use aw_openapi::{Access, Operation};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/mails", "listMails")
            .about("mails", "The outbox of mail, newest first")
            .access(Access::Operator)
            .query::<State>("state", "Only mails in this state")
            .pages::<MailSummary>(),
        Operation::get("/v1/mails/{id}", "getMail")
            .about("mails", "One mail, with what it says; its links open accounts")
            .access(Access::Operator)
            .path::<String>("id", "The mail's id")
            .answers::<MailDetail>(200)
            .refuses(&[404]),
        Operation::post("/_aw/work/user", "workUser")
            .about("operator", "Sends the mail that is due, in every tenant, for at most 20 s")
            .access(Access::Operator)
            .answers::<Progress>(200),
    ]
}
