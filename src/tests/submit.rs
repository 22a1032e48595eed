//! `ap-intake submit`, the program itself, against a real server and against one that is busy.

use crate::helpers::{TestServer, mail_with, ubl};
use ap_intake::domain::roles::{Right, Role};
use axum::{Json, Router, extract::State, http::HeaderMap, http::StatusCode, response::IntoResponse, routing::post};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tokio::process::Command;

/// Runs it; whether all went well, and the lines it printed.
async fn submit(server: &str, token: &str, files: &[&Path]) -> (bool, Vec<Value>) {
    let output = Command::new(env!("CARGO_BIN_EXE_ap-intake"))
        .args(["submit", "--wait", "--server", server])
        .args(files)
        .env("AP_INTAKE_TOKEN", token)
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(!printed.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.success(), printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn write(folder: &tempfile::TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[tokio::test]
async fn files_are_sent_read_and_told_one_a_line() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let email = server.person(Role::Clerk).await;
    let token = server.token_client(&email, &[Right::Upload, Right::Read]).await.token.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let good = write(&folder, "good.xml", &ubl(1));
    let bad = write(&folder, "bad.xml", b"<?xml version=\"1.0\"?><order/>");
    let large = write(&folder, "large.pdf", &vec![b'%'; 10 * 1024 * 1024 + 1]);
    let missing = folder.path().join("missing.xml");

    let (all_well, lines) = submit(&server.url, &token, &[&good]).await;
    assert!(all_well, "{lines:?}");
    assert_eq!((lines.len(), &lines[0]["state"]), (1, &json!("completed")));
    assert!(lines[0]["invoice_id"].is_string() && lines[0]["file"].as_str().unwrap().ends_with("good.xml"));

    let (all_well, lines) = submit(&server.url, &token, &[&bad, &large, &missing, &good]).await;
    assert!(!all_well);
    let codes: Vec<_> = lines.iter().map(|line| line["error"]["code"].as_str().unwrap_or("none")).collect();
    assert_eq!(codes[1..], ["too_large", "unreadable", "none"], "{lines:?}");
    assert_ne!(codes[0], "none", "{lines:?}");

    let mail =
        mail_with(&[("a.xml", "application/xml", ubl(2).as_slice()), ("b.zip", "application/zip", b"PK\x03\x04")]);
    let (all_well, lines) = submit(&server.url, &token, &[&write(&folder, "mail.eml", &mail)]).await;
    assert!(!all_well);
    assert_eq!((lines.len(), &lines[0]["state"]), (2, &json!("completed")));
    assert_eq!(lines[1]["error"]["code"], "unsupported_type");

    let (all_well, lines) = submit(&server.url, "no-token", &[&good]).await;
    assert_eq!((all_well, lines[0]["error"]["code"].as_str()), (false, Some("unauthenticated")));
}

type Keys = Arc<Mutex<Vec<String>>>;

async fn busy(State(keys): State<Keys>, headers: HeaderMap) -> impl IntoResponse {
    let mut keys = keys.lock().unwrap();
    keys.push(headers["idempotency-key"].to_str().unwrap().to_owned());
    match keys.len() {
        1 => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": { "code": "busy", "message": "Busy" } }))),
        _ => (StatusCode::ACCEPTED, Json(json!({ "uploads": [{ "filename": "one.xml", "status": "queued" }] }))),
    }
}

#[tokio::test]
async fn a_busy_server_is_asked_again_under_the_same_key() {
    let keys = Keys::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/api/v1/invoices", post(busy)).with_state(keys.clone());
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    let folder = tempfile::tempdir().unwrap();
    let (all_well, lines) = submit(&address, "token", &[&write(&folder, "one.xml", &ubl(1))]).await;
    serving.abort();
    assert!(all_well, "{lines:?}");
    let keys = keys.lock().unwrap();
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));
}
