//! Numbered changes over real sockets: repeats, gaps, refusals, tasks steered.

use super::{socket::Client, *};
use crate::{
    helpers::{Api, TestServer},
    services::ubl,
};
use ap_intake::domain::{
    error::AppError,
    events::{MutationOutcome, MutationResult},
    roles::{Right, Role},
};
use reqwest::Method;
use serde_json::{Value, json};

struct Desk {
    server: TestServer,
    clerk: Api,
    invoice: String,
    task: String,
}

/// A clerk with an invoice that was read.
async fn desk() -> Desk {
    let desk = desk_with(1).await;
    let path = format!("/api/v1/invoices/{}", desk.invoice);
    while desk.clerk.get(&path).await.json::<Value>().await.unwrap()["status"] != "needs_review" {
        tokio::task::yield_now().await;
    }
    desk
}

/// A clerk with an uploaded invoice.
async fn desk_with(workers: usize) -> Desk {
    let server = TestServer::with(|config| config.workers = workers).await;
    let clerk = server.client(Role::Clerk).await;
    let answer = clerk.upload(vec![("a.xml", ubl("A-1").into())]).await.json::<Value>().await.unwrap();
    let text = |name: &str| answer["uploads"][0][name].as_str().unwrap().to_owned();
    Desk { invoice: text("invoice_id"), task: text("task_id"), server, clerk }
}

async fn open(api: &Api) -> Client {
    let url = format!("{}/api/v1/invoices/updates", api.url.replacen("http", "ws", 1));
    let bearer = format!("Bearer {}", api.token.as_deref().unwrap());
    Client::connect(&url, &[("authorization", &bearer)]).await.unwrap()
}

async fn mutate(client: &mut Client, invoice: &str, number: u64, base: i64, value: &str) -> MutationOutcome {
    let fields = json!([{ "name": "note", "base_version": base, "value": value }]);
    let message =
        json!({ "type": "mutate", "client_id": "tab", "mutation_id": number, "invoice": invoice, "fields": fields });
    client.say(&message.to_string()).await;
    loop {
        if let ServerMessage::MutationResult(MutationResult { client_id, mutation_id, outcome }) = client.hear().await {
            assert_eq!((client_id.as_str(), mutation_id), ("tab", number));
            return outcome;
        }
    }
}

#[tokio::test]
async fn a_change_is_answered_and_told_with_its_number() {
    let desk = desk().await;
    let (mut mine, mut other) = (open(&desk.clerk).await, open(&desk.clerk).await);
    other.say(&json!({ "type": "subscribe", "invoiceId": desk.invoice }).to_string()).await;
    other.subscribed().await;
    let outcome = mutate(&mut mine, &desk.invoice, 1, 0, "hello").await;
    assert!(matches!(outcome, MutationOutcome::Done(_)), "{outcome:?}");
    let ServerMessage::InvoiceUpdated(told) = other.hear().await else { panic!("no event") };
    assert_eq!((told.client_id.as_deref(), told.mutation_id), (Some("tab"), Some(1)));
    assert!(told.at > 0);
}

#[tokio::test]
async fn after_a_cut_the_client_learns_where_it_stands_and_repeats_are_harmless() {
    let desk = desk().await;
    let mut first = open(&desk.clerk).await;
    let done = mutate(&mut first, &desk.invoice, 1, 0, "hello").await;
    drop(first);
    let mut again = open(&desk.clerk).await;
    again.say(r#"{"type":"hello","proto":1,"client_id":"tab"}"#).await;
    let ServerMessage::Welcome(welcome) = again.hear().await else { panic!("no welcome") };
    assert_eq!(welcome.last_mutation, 1);
    assert_eq!(mutate(&mut again, &desk.invoice, 1, 0, "hello").await, done);
    assert_eq!(mutate(&mut again, &desk.invoice, 3, 1, "later").await, MutationOutcome::Gap { expected: 2 });
    assert!(matches!(mutate(&mut again, &desk.invoice, 2, 1, "next").await, MutationOutcome::Done(_)));
}

#[tokio::test]
async fn a_token_without_the_right_changes_nothing() {
    let desk = desk().await;
    let email = "clerk@example.com";
    let reader = desk.server.token_client(email, &[Right::Read]).await;
    let mut socket = open(&reader).await;
    let MutationOutcome::Refused(error) = mutate(&mut socket, &desk.invoice, 1, 0, "hello").await else {
        panic!("taken")
    };
    assert_eq!(error.code(), "missing_right");
    socket.say(&json!({ "type": "cancel", "task": desk.task }).to_string()).await;
    let ServerMessage::Error(refused) = socket.hear().await else { panic!("not refused") };
    assert_eq!((refused.code.as_str(), refused.task.map(|task| task.to_string())), ("missing_right", Some(desk.task)));
    let invoice = desk.clerk.get(&format!("/api/v1/invoices/{}", desk.invoice)).await.json::<Value>().await.unwrap();
    assert!(invoice["fields"]["note"].is_null(), "{invoice}");
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_the_socket_stays() {
    let desk = desk().await;
    let mut socket = open(&desk.clerk).await;
    let nowhere = mutate(&mut socket, &Uuid::now_v7().to_string(), 1, 0, "x").await;
    assert!(matches!(nowhere, MutationOutcome::Refused(AppError::NotFound { .. })), "{nowhere:?}");
    let long = mutate(&mut socket, &desk.invoice, 2, 0, &"x".repeat(5_000)).await;
    assert!(matches!(long, MutationOutcome::Refused(AppError::Invalid { .. })), "{long:?}");
    socket.say(r#"{"type":"mutate","mutation_id":-1}"#).await;
    assert_eq!(socket.error().await, "malformed");
    assert!(matches!(mutate(&mut socket, &desk.invoice, 3, 0, "good").await, MutationOutcome::Done(_)));
}

#[tokio::test]
async fn tasks_are_set_aside_gone_on_with_and_ended_over_the_socket() {
    // Nobody works, so the task waits.
    let desk = desk_with(0).await;
    let mut socket = open(&desk.clerk).await;
    socket.say(&json!({ "type": "subscribe", "room": format!("invoice:{}", desk.invoice) }).to_string()).await;
    socket.subscribed().await;
    for (message, state) in
        [("pause", TaskState::Paused), ("resume", TaskState::Queued), ("cancel", TaskState::Cancelled)]
    {
        socket.say(&json!({ "type": message, "task": desk.task }).to_string()).await;
        loop {
            if let ServerMessage::ProcessingStatus(ProcessingMessage { data, .. }) = socket.hear().await {
                assert_eq!(data.status, state);
                break;
            }
        }
    }
    socket.say(&json!({ "type": "pause", "task": Uuid::now_v7() }).to_string()).await;
    let ServerMessage::Error(refused) = socket.hear().await else { panic!("not refused") };
    assert_eq!(refused.code, "not_found");
}

#[tokio::test]
async fn a_revoked_token_changes_nothing_more() {
    let desk = desk().await;
    let mut socket = open(&desk.clerk).await;
    assert!(matches!(mutate(&mut socket, &desk.invoice, 1, 0, "hello").await, MutationOutcome::Done(_)));
    desk.server.services.user_disable("clerk@example.com").await.unwrap();
    // Within a second what was checked before is still believed.
    let mut number = 2;
    // Slower than the limit of messages.
    let mut pace = tokio::time::interval(std::time::Duration::from_millis(100));
    loop {
        pace.tick().await;
        let fields = json!([{ "name": "note", "base_version": number - 1, "value": number.to_string() }]);
        let message = json!({ "type": "mutate", "client_id": "tab", "mutation_id": number, "invoice": desk.invoice, "fields": fields });
        socket.say(&message.to_string()).await;
        match socket.hear().await {
            ServerMessage::MutationResult(_) => number += 1,
            ServerMessage::Bye(bye) => {
                assert_eq!((bye.code.as_str(), bye.reconnect), ("signed_out", false));
                break;
            }
            other => panic!("unexpected: {other:?}"),
        }
    }
    let patched = desk.clerk.request(Method::GET, "/api/v1/invoices").send().await.unwrap();
    assert_eq!(patched.status(), 401);
}
