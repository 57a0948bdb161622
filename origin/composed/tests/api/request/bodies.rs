//! What a body has to say beyond its schema.

use serde_json::{Value, json};

use crate::{
    document::Operation,
    press::{PASSWORD, Person, Press},
    subject,
    things::Things,
};

/// Fields over those of the smallest body.
pub(super) fn over(
    press: &Press<'_>,
    operation: &Operation,
    things: &Things,
    caller: Option<&Person>,
) -> Option<Value> {
    let id = operation.id.as_str();
    let known = account(press, id, caller).or_else(|| book(press, id, things)).or_else(|| sale(press, id, things));
    known.or_else(|| job(id, things))
}

fn account(press: &Press<'_>, id: &str, caller: Option<&Person>) -> Option<Value> {
    let email = |name: &str| format!("{name}-{}@{}.example", press.next(), press.marker);
    let caller = || caller.cloned().unwrap_or_else(|| press.somebody("reader"));
    Some(match id {
        "deleteAccount" | "disableTotp" => json!({ "password": PASSWORD }),
        "changeEmail" => json!({ "email": email("changed"), "password": PASSWORD }),
        "changePassword" => json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery" }),
        "changePreferences" => json!({ "theme": "dark" }),
        "changeMyProfile" => json!({ "bio": press.marker }),
        "confirmTotp" => json!({ "code": "000000" }),
        "login" | "forgotPassword" => json!({ "email": caller().email, "password": PASSWORD }),
        "refresh" | "logout" => json!({ "refreshToken": press.somebody("reader").refresh }),
        "register" => json!({ "email": email("new"), "password": PASSWORD }),
        "verifyEmail" => json!({ "token": subject::mailed(press, &press.somebody("reader").email) }),
        "confirmEmail" => {
            let (person, email) = (press.somebody("reader"), email("confirmed"));
            let body = json!({ "email": email, "password": PASSWORD });
            let _ = press.json(&person, "POST", "/v1/account/email", &body).expect(202);
            json!({ "token": subject::mailed(press, &email) })
        }
        "resetPassword" => {
            let person = press.somebody("reader");
            let body = json!({ "email": person.email });
            let _ = press.json(&person, "POST", "/v1/auth/password/forgot", &body).expect(202);
            let _ = press.operator("POST", "/_aw/work/user", &Value::Null).expect(200);
            json!({ "token": subject::mailed(press, &person.email), "password": "another horse battery" })
        }
        "putIdentityProvider" => json!({ "label": press.marker, "issuer": press.issuer, "clientId": "press" }),
        "changeUser" => json!({ "entitlements": ["tier:gold"] }),
        "createTenant" => {
            let id = format!("{}-{}", press.tenant, press.next());
            json!({ "id": id, "name": "Another", "baseUrl": format!("http://{id}.localhost:8080") })
        }
        "changeTenant" => json!({ "name": "Renamed" }),
        "createWebhookEndpoint" => json!({ "url": format!("http://localhost:9/{}", press.marker) }),
        _ => return None,
    })
}

fn book(press: &Press<'_>, id: &str, things: &Things) -> Option<Value> {
    let marker = &press.marker;
    let text = || json!({ "title": "Text", "html": format!("<p>{marker}</p>") });
    Some(match id {
        "createBook" | "createPart" | "changePart" => json!({ "title": marker }),
        "changeBook" => json!({ "description": marker }),
        "setAccess" => json!({ "access": "members" }),
        "createChapter" | "writeChapter" | "createScene" | "writeScene" => text(),
        "moveChapter" => json!({ "position": 0 }),
        "orderScenes" => json!({ "scenes": [things.get("later"), things.get("scene")] }),
        "moveScene" => json!({ "chapter": things.get("second") }),
        "inviteCollaborator" => json!({ "email": things.get("invited"), "role": "viewer" }),
        "changeCollaborator" => json!({ "role": "commenter" }),
        "setSchedule" => json!({ "publishAt": "2099-01-01T00:00:00Z" }),
        "changeState" => json!({ "state": "writing" }),
        "setStructure" => {
            let chapters = [things.get("second"), things.get("chapter")].map(|chapter| json!({ "chapter": chapter }));
            json!({ "body": [chapters[0], chapters[1], { "part": things.get("part") }] })
        }
        "createFile" => json!({ "name": format!("{marker}.png"), "size": 64, "mediaType": "image/png" }),
        "updateFile" => json!({ "name": format!("{marker}-renamed.png") }),
        _ => return None,
    })
}

fn job(id: &str, things: &Things) -> Option<Value> {
    Some(match id {
        "renewJob" | "failJob" => json!({ "lease": things.get("lease") }),
        "completeJob" => json!({ "lease": things.get("lease"), "file": things.get("file") }),
        _ => return None,
    })
}

fn sale(press: &Press<'_>, id: &str, things: &Things) -> Option<Value> {
    let somebody = || things.get("somebody");
    let plan =
        json!({ "name": press.marker, "grants": "tier:gold", "interval": "month", "amount": 700, "currency": "EUR" });
    Some(match id {
        "createCheckout" => json!({ "planId": things.get("plan") }),
        "createComp" => json!({ "userId": somebody(), "grants": "tier:gold", "reason": press.marker }),
        "createCoupon" => json!({ "code": format!("coupon-{}", press.next()), "percent": 10, "duration": "once" }),
        "grantCredits" => json!({ "userId": somebody(), "feature": "narration", "amount": 5 }),
        "spendCredits" => json!({ "userId": somebody(), "feature": "narration", "amount": 1 }),
        "createGift" => json!({ "grants": "tier:gold", "months": 1, "note": press.marker }),
        "redeemGift" => json!({ "code": things.get("code") }),
        "putPaymentProvider" => json!({ "kind": "sandbox", "apiKey": press.key(),
            "webhookSecrets": [crate::press::WEBHOOK_SECRET] }),
        "putPayoutRule" => json!({ "shares": [{ "payee": null, "weight": 1 }] }),
        "createPayout" => json!({ "period": things.get("period"), "currency": "EUR" }),
        "createPlan" => plan,
        "updatePlan" | "putTier" => json!({ "name": press.marker }),
        "receivePaymentEvent" => {
            json!({ "id": format!("evt_{}", press.next()), "type": "ping", "created": 1, "data": { "object": {} } })
        }
        _ => return None,
    })
}
