//! The REST interface through the real server: uploads, edits, decisions, repeats, limits, and one shape of errors.

use crate::helpers::{Api, TestServer, body, form, mail_with, refused, ubl};
use ap_intake::{
    adapters::samples,
    api::invoices::LoadHistory,
    domain::{
        field::Field,
        reading::DocumentKind,
        roles::{Right, Role},
    },
};
use leptos::server_fn::ServerFn;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const NOBODYS_ID: &str = "01900000-0000-7000-8000-000000000000";

#[tokio::test]
async fn every_error_has_one_shape() {
    let server = TestServer::start().await;
    let api = server.client(Role::Admin).await;
    let invoice = format!("/api/v1/invoices/{NOBODYS_ID}");
    let task = format!("/api/v1/tasks/{NOBODYS_ID}");
    for (method, path, status, code) in [
        (Method::GET, "/api/v1/no-such-thing", 404, "not_found"),
        (Method::GET, "/api/nothing", 404, "not_found"),
        (Method::GET, "/api/v1/invoices/not-an-id", 404, "not_found"),
        (Method::GET, &invoice, 404, "not_found"),
        (Method::GET, &format!("{invoice}/document"), 404, "not_found"),
        (Method::GET, &format!("{invoice}/history"), 404, "not_found"),
        (Method::GET, &format!("{invoice}/pages/1.png"), 404, "not_found"),
        (Method::GET, &format!("{invoice}/pages/x.gif"), 404, "not_found"),
        (Method::DELETE, &invoice, 404, "not_found"),
        (Method::POST, &format!("{task}/cancel"), 404, "not_found"),
        (Method::GET, &task, 404, "not_found"),
        (Method::PUT, "/api/v1/invoices", 405, "method_not_allowed"),
        (Method::GET, "/api/v1/invoices?status=unheard-of", 422, "invalid"),
        (Method::GET, "/api/v1/invoices?limit=-1", 422, "invalid"),
        (Method::PATCH, &invoice, 415, "unsupported_type"),
        (Method::POST, "/api/v1/invoices", 415, "unsupported_type"),
    ] {
        let answer = api.request(method.clone(), path).send().await.unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(refused(answer, status).await["code"], code, "{method} {path}");
    }
    for path in ["/api/v1/invoices", "/api/v1/stats", &task] {
        let error = refused(server.browser().get(path).await, StatusCode::UNAUTHORIZED).await;
        assert_eq!(error["code"], "unauthenticated");
    }
    let (step, verify) = (format!("{invoice}/approve"), format!("{invoice}/verify-account"));
    refused(api.post(&verify, &json!({ "account": "X" })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    refused(api.post(&verify, &json!({ "account": "X", "note": "Called" })).await, StatusCode::NOT_FOUND).await;
    refused(api.post(&format!("{invoice}/fly"), &json!({})).await, StatusCode::NOT_FOUND).await;
    refused(api.post(&step, &json!({ "base_version": "one" })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    refused(api.post(&step, &json!({ "notes": "x".repeat(1024 * 1024) })).await, StatusCode::PAYLOAD_TOO_LARGE).await;
}

#[tokio::test]
async fn a_request_keeps_the_id_it_brings() {
    let server = TestServer::start().await;
    let with =
        |id: &'static str| server.browser().request(Method::GET, "/health/live").header("x-request-id", id).send();
    assert_eq!(with("my-request-1").await.unwrap().headers()["x-request-id"], "my-request-1");
    assert_ne!(with("<script>bad</script>").await.unwrap().headers()["x-request-id"], "<script>bad</script>");
}

#[tokio::test]
async fn an_uploaded_invoice_is_read_and_served() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let api = server.client(Role::Clerk).await;
    let answer = api.upload(vec![("invoice.xml", ubl(1))]).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let upload = body(answer).await["uploads"][0].clone();
    assert_eq!((&upload["filename"], &upload["status"]), (&json!("invoice.xml"), &json!("queued")));
    assert_eq!(upload["websocket"]["room"], format!("task:{}", upload["task_id"].as_str().unwrap()));

    let id = api.read_invoice(2).await;
    let invoice = body(api.get(&format!("/api/v1/invoices/{id}")).await).await;
    let truth = &samples::generate(DocumentKind::Ubl, 2).truth;
    assert_eq!(invoice["kind"], "ubl");
    for (field, value) in truth {
        let name = serde_json::to_value(field).unwrap();
        assert_eq!(invoice["fields"][name.as_str().unwrap()]["value"], *value, "{name}");
    }
    let list = body(api.get("/api/v1/invoices?limit=1").await).await;
    assert_eq!((&list["total"], list["invoices"].as_array().unwrap().len()), (&json!(2), 1));
    let next = [("limit", "1"), ("cursor", list["next_cursor"].as_str().unwrap())];
    let second = body(api.request(Method::GET, "/api/v1/invoices").query(&next).send().await.unwrap()).await;
    assert_ne!(second["invoices"][0]["id"], list["invoices"][0]["id"]);
    assert_eq!(second["next_cursor"], Value::Null);

    let history = body(api.get(&format!("/api/v1/invoices/{id}/history")).await).await;
    let table = api.get(&format!("/api/v1/invoices/{id}/history?format=csv")).await;
    assert!(table.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(table.headers()["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(table.text().await.unwrap().starts_with("entry,time,person,"));
    let actions: Vec<_> = history.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert!(actions.contains(&"uploaded") && actions.contains(&"read"), "{actions:?}");
}

#[tokio::test]
async fn a_document_can_be_shown_and_nothing_in_it_can_run() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let name = "<img src=x onerror=alert(1)>\".xml";
    let answer = body(api.upload(vec![(name, ubl(3))]).await).await;
    let id = answer["uploads"][0]["invoice_id"].as_str().unwrap();
    let path = format!("/api/v1/invoices/{id}/document");
    let document = api.get(&path).await;
    let header = |name: &str| document.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox;"));
    let disposition = header("content-disposition");
    assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
    let etag = header("etag");
    assert_eq!(document.bytes().await.unwrap(), ubl(3));
    let again = api.request(Method::GET, &path).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    refused(server.browser().get(&path).await, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn a_file_inside_a_document_is_handed_out_to_be_kept() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let pdf = samples::with_attachment(6).bytes;
    let answer = body(api.upload(vec![("invoice.pdf", pdf)]).await).await;
    let path = format!("/api/v1/invoices/{}/attachments", answer["uploads"][0]["invoice_id"].as_str().unwrap());
    let listed = body(api.get(&path).await).await;
    assert_eq!(listed[0]["name"], "time-sheet.csv");
    let file = api.get(&format!("{path}/1")).await;
    let header = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert!(header("content-disposition").starts_with("attachment; filename=\"time-sheet.csv\""));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox;"));
    let etag = header("etag");
    assert_eq!(listed[0]["content"]["size"], file.bytes().await.unwrap().len());
    let again = api.request(Method::GET, &format!("{path}/1")).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    refused(api.get(&format!("{path}/2")).await, StatusCode::NOT_FOUND).await;
    for path in [path.clone(), format!("{path}/1")] {
        refused(server.browser().get(&path).await, StatusCode::UNAUTHORIZED).await;
    }
}

#[tokio::test]
async fn a_page_of_a_pdf_is_a_picture() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let api = server.client(Role::Clerk).await;
    let pdf = samples::generate(DocumentKind::TextPdf, 4).bytes;
    let upload = body(api.upload(vec![("invoice.pdf", pdf)]).await).await["uploads"][0].clone();
    let task = format!("/api/v1/tasks/{}", upload["task_id"].as_str().unwrap());
    while body(api.get(&task).await).await["finished_at"].is_null() {}
    let page = format!("/api/v1/invoices/{}/pages", upload["invoice_id"].as_str().unwrap());
    let picture = api.get(&format!("{page}/1.png?width=600")).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
    refused(api.get(&format!("{page}/99.png")).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn bad_files_are_refused_by_content() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let too_large = vec![b' '; 10 * 1024 * 1024 + 1];
    for (name, bytes, status, code) in [
        ("empty.pdf", Vec::new(), 422, "invalid"),
        ("invoice.pdf", b"MZ\x90\x00 this is a program".to_vec(), 415, "unsupported_type"),
        ("invoice.xml", b"just words".to_vec(), 415, "unsupported_type"),
        ("large.pdf", too_large, 413, "too_large"),
    ] {
        let error = refused(api.upload(vec![(name, bytes)]).await, StatusCode::from_u16(status).unwrap()).await;
        assert_eq!(error["code"], code, "{name}");
        assert_eq!(error["details"]["uploads"][0]["filename"], name);
    }
    refused(api.upload(Vec::new()).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    let eleven = (0..11).map(|seed| ("a.xml", ubl(seed))).collect();
    refused(api.upload(eleven).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(body(api.get("/api/v1/invoices").await).await["total"], 0, "nothing was kept");
}

#[tokio::test]
async fn one_bad_file_does_not_sink_the_others() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let files = vec![("../../etc/passwd", ubl(1)), ("bad.pdf", b"no".to_vec()), ("C:\\temp\\b.xml", ubl(2))];
    let answer = api.upload(files).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let uploads = body(answer).await["uploads"].clone();
    assert_eq!((&uploads[0]["filename"], &uploads[0]["status"]), (&json!("passwd"), &json!("queued")));
    assert_eq!(uploads[1]["error"]["code"], "unsupported_type");
    assert_eq!((&uploads[2]["filename"], &uploads[2]["status"]), (&json!("b.xml"), &json!("queued")));

    let again = body(api.upload(vec![("again.xml", ubl(1))]).await).await;
    assert_eq!(again["uploads"][0]["duplicate_of"], uploads[0]["invoice_id"]);
}

#[tokio::test]
async fn an_email_brings_each_file_with_it() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let mail = mail_with(&[
        ("a.xml", "application/xml", &ubl(1)),
        ("terms.zip", "application/zip", b"PK\x03\x04"),
        ("../b.xml", "text/xml; charset=utf-8", &ubl(2)),
    ]);
    let answer = api.upload(vec![("invoices.eml", mail.clone()), ("c.xml", ubl(3))]).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let uploads = body(answer).await["uploads"].clone();
    let names: Vec<_> = uploads.as_array().unwrap().iter().map(|one| one["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.xml", "terms.zip", "b.xml", "c.xml"]);
    assert_eq!(uploads[1]["error"]["code"], "unsupported_type");
    let id = uploads[2]["invoice_id"].as_str().unwrap();
    assert_eq!(api.get(&format!("/api/v1/invoices/{id}/document")).await.bytes().await.unwrap(), ubl(2));
    let history = body(api.get(&format!("/api/v1/invoices/{id}/history")).await).await;
    assert_eq!(history[0]["note"], "b.xml, with the e-mail invoices.eml");

    // The same e-mail again brings the same files again.
    let again = body(api.upload(vec![("again.eml", mail)]).await).await;
    assert_eq!(again["uploads"][0]["duplicate_of"], uploads[0]["invoice_id"]);
    let error =
        refused(api.upload(vec![("empty.eml", mail_with(&[]))]).await, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    assert!(error["message"].as_str().unwrap().starts_with("No document came with this e-mail"), "{error}");
    let others = mail_with(&[("a.zip", "application/zip", b"PK\x03\x04"), ("b.txt", "text/plain", b"words")]);
    let error = refused(api.upload(vec![("others.eml", others)]).await, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    assert_eq!(error["details"]["uploads"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn options_of_an_upload_are_checked() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    for (name, value) in [
        ("confidence_threshold", "1.5"),
        ("confidence_threshold", "high"),
        ("auto_save", "perhaps"),
        ("priority", "99"),
        ("model_provider", "nobody"),
    ] {
        let form = form(vec![("a.xml", ubl(1))]).text(name, value);
        let answer = api.request(Method::POST, "/api/v1/invoices").multipart(form).send().await.unwrap();
        let error = refused(answer, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(error["details"]["field"], name, "{value}");
    }
}

#[tokio::test]
async fn a_repeated_post_does_nothing_twice() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    // Each call makes a form with a boundary of its own, as a retry does.
    let upload = |key: &'static str, seed: u64| {
        let request = api.request(Method::POST, "/api/v1/invoices").header("idempotency-key", key);
        request.multipart(form(vec![("a.xml", ubl(seed))])).send()
    };
    let first = upload("key-1", 1).await.unwrap();
    assert!(!first.headers().contains_key("idempotency-replayed"));
    let first = body(first).await;
    let second = upload("key-1", 1).await.unwrap();
    assert_eq!(second.status(), StatusCode::ACCEPTED);
    assert_eq!(second.headers()["idempotency-replayed"], "true");
    assert_eq!(body(second).await, first);
    assert_eq!(body(api.get("/api/v1/invoices").await).await["total"], 1);

    let error = refused(upload("key-1", 2).await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(error["details"]["field"], "Idempotency-Key");
    assert_eq!(upload("key-2", 2).await.unwrap().status(), StatusCode::ACCEPTED);

    // Somebody else's key is another key.
    let other = server.client(Role::Reviewer).await;
    let request = other.request(Method::POST, "/api/v1/invoices").header("idempotency-key", "key-1");
    let answer = request.multipart(form(vec![("a.xml", ubl(3))])).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn refusals_are_replayed_too() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let path = format!("/api/v1/invoices/{NOBODYS_ID}/submit");
    let send = || api.request(Method::POST, &path).header("idempotency-key", "k").json(&json!({})).send();
    let first = refused(send().await.unwrap(), StatusCode::NOT_FOUND).await;
    let second = send().await.unwrap();
    assert_eq!(
        (second.status(), second.headers()["idempotency-replayed"].to_str().unwrap()),
        (StatusCode::NOT_FOUND, "true")
    );
    assert_eq!(body(second).await["error"]["message"], first["message"]);
}

fn number_edit(mutation: &str, base: i64, value: &str) -> Value {
    json!({ "mutation_id": mutation, "fields": [{ "name": "invoice_number", "base_version": base, "value": value }] })
}

#[tokio::test]
async fn a_late_edit_gets_both_values() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let (clerk, reviewer) = (server.client(Role::Clerk).await, server.client(Role::Reviewer).await);
    let path = format!("/api/v1/invoices/{}", clerk.read_invoice(5).await);
    let before = body(clerk.get(&path).await).await["fields"]["invoice_number"].clone();
    let base = before["version"].as_i64().unwrap();
    let edited = clerk.patch(&path, &number_edit("1", base, "FIRST-1")).await;
    assert_eq!(edited.status(), StatusCode::OK);
    assert_eq!(body(edited).await["fields"]["invoice_number"]["value"], "FIRST-1");

    let error = refused(reviewer.patch(&path, &number_edit("1", base, "LATE-1")).await, StatusCode::CONFLICT).await;
    assert_eq!(error["code"], "conflict");
    let conflict = &error["details"]["conflicts"][0];
    assert_eq!(conflict["name"], "invoice_number");
    assert_eq!(conflict["base"], before["value"]);
    assert_eq!((&conflict["mine"], &conflict["theirs"]), (&json!("LATE-1"), &json!("FIRST-1")));
    assert_eq!((&conflict["version"], &conflict["actor"]), (&json!(base + 1), &json!("clerk")));
    assert!(conflict["at"].as_i64().unwrap() > 0);
    assert!(conflict.get("group").is_none(), "only where fields share a version");
    let kept = reviewer.patch(&path, &number_edit("2", base + 1, "LATE-1")).await;
    assert_eq!(kept.status(), StatusCode::OK, "keep mine: again on the new version");
}

#[tokio::test]
async fn nobody_approves_what_they_uploaded() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let (admin, reviewer) = (server.client(Role::Admin).await, server.client(Role::Reviewer).await);
    let path = format!("/api/v1/invoices/{}", admin.read_invoice(6).await);
    let error = refused(admin.post(&format!("{path}/approve"), &json!({})).await, StatusCode::FORBIDDEN).await;
    assert_eq!(error["code"], "four_eyes");
    let approved = reviewer.post(&format!("{path}/approve"), &json!({})).await;
    assert_eq!(approved.status(), StatusCode::OK, "{}", approved.text().await.unwrap());
    let error = refused(
        reviewer
            .post(&format!("{path}/reject"), &json!({ "reason_code": "wrong_amount", "reason": "Not what was agreed" }))
            .await,
        StatusCode::CONFLICT,
    )
    .await;
    assert_eq!(error["code"], "step_refused");
}

#[tokio::test]
async fn a_task_is_paused_and_goes_on() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let upload = body(api.upload(vec![("a.xml", ubl(1))]).await).await["uploads"][0].clone();
    let task = format!("/api/v1/tasks/{}", upload["task_id"].as_str().unwrap());
    for (call, state) in [("pause", "paused"), ("resume", "queued"), ("pause", "paused"), ("cancel", "cancelled")] {
        let answer = api.post(&format!("{task}/{call}"), &json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK, "{call}");
        assert_eq!(body(answer).await["state"], state, "{call}");
        assert_eq!(body(api.get(&task).await).await["state"], state, "{call}");
    }
    let auditor = server.client(Role::Auditor).await;
    refused(auditor.post(&format!("{task}/pause"), &json!({})).await, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn analyzing_keeps_nothing() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let answer = api.request(Method::POST, "/api/v1/analyze").body(ubl(9)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let number = &samples::generate(DocumentKind::Ubl, 9).truth[&Field::InvoiceNumber];
    assert_eq!(body(answer).await["fields"]["invoice_number"]["value"], *number);
    let answer =
        api.request(Method::POST, "/api/v1/analyze").multipart(form(vec![("a.xml", ubl(9))])).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(body(api.get("/api/v1/invoices").await).await["total"], 0);
    let junk = api.request(Method::POST, "/api/v1/analyze").body("junk").send().await.unwrap();
    refused(junk, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
}

#[tokio::test]
async fn a_file_of_several_invoices_is_split_once() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let api = server.client(Role::Clerk).await;
    let (whole, begins) = samples::batch(7, 3);
    let path = format!("/api/v1/invoices/{}", api.read_document("batch.pdf", whole.bytes).await);
    let invoice = body(api.get(&path).await).await;
    let proposed = invoice["splitting"]["proposed"].as_array().unwrap();
    let found: Vec<_> = proposed.iter().map(|part| json!([part["pages"]["first"], part["invoice_number"]])).collect();
    assert_eq!(json!(found), json!(begins));
    let parts: Vec<_> = proposed.iter().map(|part| part["pages"].clone()).collect();
    let request = json!({ "base_version": invoice["version"], "parts": parts });
    let split =
        || api.request(Method::POST, &format!("{path}/split")).header("idempotency-key", "s").json(&request).send();
    let first = body(split().await.unwrap()).await;
    assert_eq!(first["invoices"].as_array().map(Vec::len), Some(3));
    assert_eq!(first["invoices"][1]["pages"], parts[1]);
    // The same key gets the same answer, and nothing is split twice.
    assert_eq!(body(split().await.unwrap()).await, first);
    assert_eq!(body(api.get("/api/v1/invoices").await).await["total"], 4);
    assert_eq!(body(api.get(&path).await).await["splitting"]["into"], first["invoices"]);
    refused(api.post(&format!("{path}/split"), &request).await, StatusCode::CONFLICT).await;
    let wrong = json!({ "base_version": 1, "parts": "all" });
    refused(api.post(&format!("{path}/split"), &wrong).await, StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn what_was_learned_is_listed_used_and_forgotten() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let (clerk, reviewer, admin) =
        (server.client(Role::Clerk).await, server.client(Role::Reviewer).await, server.client(Role::Admin).await);
    let order = |sample: &samples::Sample| sample.truth[&Field::PurchaseOrder].clone();
    let (first, next) = (samples::with_unusual_labels(2, 1), samples::with_unusual_labels(2, 2));
    let analyzed = || async {
        let answer = clerk.request(Method::POST, "/api/v1/analyze").body(next.bytes.clone()).send().await.unwrap();
        body(answer).await["fields"]["purchase_order"]["value"].clone()
    };
    assert_eq!(analyzed().await, Value::Null);
    let path = format!("/api/v1/invoices/{}", clerk.read_document("first.pdf", first.bytes.clone()).await);
    let edit = json!({ "name": "purchase_order", "base_version": 0, "value": order(&first) });
    let edited = clerk.patch(&path, &json!({ "mutation_id": "1", "fields": [edit] })).await;
    assert_eq!(edited.status(), StatusCode::OK);
    assert_eq!(clerk.post(&format!("{path}/submit"), &json!({})).await.status(), StatusCode::OK);
    let approved = reviewer.post(&format!("{path}/approve"), &json!({})).await;
    assert_eq!(approved.status(), StatusCode::OK, "{}", approved.text().await.unwrap());
    // It is learned behind the decision.
    let rule = loop {
        let learned = body(admin.get("/api/v1/learned").await).await;
        if let Some(rule) = learned["suppliers"][0]["rules"][0]["id"].as_str() {
            assert_eq!(learned["suppliers"][0]["rules"][0]["field"], "purchase_order");
            break rule.to_owned();
        }
    };
    assert_eq!(analyzed().await, order(&next));
    refused(clerk.get("/api/v1/learned").await, StatusCode::FORBIDDEN).await;
    let forget = || admin.request(Method::DELETE, &format!("/api/v1/learned/{rule}")).send();
    assert_eq!(forget().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(analyzed().await, Value::Null);
    refused(forget().await.unwrap(), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn pages_report_their_errors() {
    let server = TestServer::start().await;
    let email = server.person(Role::Auditor).await;
    let page = server.signed_in(&email).await;
    let report = json!({ "id": "page-1", "message": "x".repeat(2_000), "path": "/invoices", "version": "1" });
    let errors = "/api/v1/errors";
    refused(server.browser().post(errors, &report).await, StatusCode::UNAUTHORIZED).await;
    let from_elsewhere = page.request(Method::POST, errors).header("origin", "https://evil.example").json(&report);
    refused(from_elsewhere.send().await.unwrap(), StatusCode::FORBIDDEN).await;
    let as_text = page.request(Method::POST, errors).body("broken").send().await.unwrap();
    refused(as_text, StatusCode::UNSUPPORTED_MEDIA_TYPE).await;
    let large = json!({ "message": "x".repeat(20_000) });
    refused(page.post(errors, &large).await, StatusCode::PAYLOAD_TOO_LARGE).await;
    refused(page.post(errors, &json!({ "message": 1 })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    for _ in 0..10 {
        assert_eq!(page.post(errors, &report).await.status(), StatusCode::NO_CONTENT);
    }
    let answer = page.post(errors, &report).await;
    assert_eq!(answer.headers()["retry-after"], "60");
    assert_eq!(refused(answer, StatusCode::TOO_MANY_REQUESTS).await["code"], "rate_limited");
    // Somebody else may still report.
    let other = server.client(Role::Clerk).await;
    assert_eq!(other.post(errors, &report).await.status(), StatusCode::NO_CONTENT);
}

/// The properties of an object that a schema names, by following `$ref` and `allOf`.
fn documented<'a>(description: &'a Value, schema: &'a Value) -> Vec<&'a str> {
    if let Some(name) = schema["$ref"].as_str() {
        return documented(description, &description["components"]["schemas"][name.rsplit('/').next().unwrap()]);
    }
    let own = schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys().map(String::as_str));
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own.chain(parts.flat_map(|part| documented(description, part))).collect()
}

#[tokio::test]
async fn answers_are_as_described() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let api = server.client(Role::Clerk).await;
    let id = api.read_invoice(10).await;
    let description = body(server.browser().get("/api/v1/openapi.json").await).await;
    assert_eq!(description["openapi"], "3.1.0");
    let invoice = body(api.get(&format!("/api/v1/invoices/{id}")).await).await;
    let people = body(api.get("/api/v1/people").await).await;
    let mention = json!({ "text": "@clerk, look", "mentions": [people["people"][0]["id"]] });
    let reviewer = server.client(Role::Reviewer).await;
    let comment = body(reviewer.post(&format!("/api/v1/invoices/{id}/comments"), &mention).await).await;
    let told = body(api.get("/api/v1/notifications").await).await;
    for (schema, answer) in [
        ("Invoice", invoice.clone()),
        ("Task", invoice["task"].clone()),
        ("FieldValue", invoice["fields"]["invoice_number"].clone()),
        ("Stats", body(api.get("/api/v1/stats").await).await),
        ("InvoicePage", body(api.get("/api/v1/invoices").await).await),
        ("InvoiceSummary", body(api.get("/api/v1/invoices").await).await["invoices"][0].clone()),
        ("HistoryEntry", body(api.get(&format!("/api/v1/invoices/{id}/history")).await).await[0].clone()),
        ("Actor", body(api.get("/api/v1/session").await).await),
        ("Comment", comment),
        ("Comments", body(api.get(&format!("/api/v1/invoices/{id}/comments")).await).await),
        ("People", people),
        ("Notifications", told.clone()),
        ("Notification", told["notifications"][0].clone()),
        ("NotificationsRead", body(api.post("/api/v1/notifications/read", &json!({ "all": true })).await).await),
        ("WorkItems", body(api.get("/api/v1/workitems").await).await),
    ] {
        let named = documented(&description, &description["components"]["schemas"][schema]);
        for key in answer.as_object().unwrap().keys() {
            assert!(named.contains(&key.as_str()), "{schema}.{key} is not described");
        }
    }
    let docs = server.browser().get("/api/docs").await.text().await.unwrap();
    assert!(docs.contains("POST /api/v1/invoices") && !docs.contains("<script"));
}

#[tokio::test]
async fn health_and_figures() {
    let server = TestServer::start().await;
    let browser = server.browser();
    assert_eq!(browser.get("/health/live").await.status(), StatusCode::OK);
    for path in ["/health/ready", "/api/v1/health"] {
        assert_eq!(body(browser.get(path).await).await["database"], "ok", "{path}");
    }
    let figures = browser.get("/metrics").await.text().await.unwrap();
    assert!(
        figures.contains("ap_intake_http_requests_total{") && figures.contains("ap_intake_tasks_waiting"),
        "{figures}"
    );
}

#[tokio::test]
async fn a_server_that_reads_no_scans_is_ready_and_says_so() {
    let off = TestServer::with(|config| config.ocr = false).await;
    let answer = off.browser().get("/health/ready").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(body(answer).await["ocr"], "off");

    let without = TestServer::with(|config| {
        config.workers = 1;
        config.ocr_program = Some("/nonexistent/tesseract".into());
    })
    .await;
    let answer = without.browser().get("/health/ready").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(body(answer).await["ocr"], "missing");
    // And a scan waits for a person, who is told why nothing was read.
    let api = without.client(Role::Clerk).await;
    let scan = samples::generate(DocumentKind::ScanImage, 3).bytes;
    let id = api.read_document("scan.pdf", scan).await;
    let invoice = body(api.get(&format!("/api/v1/invoices/{id}")).await).await;
    assert_eq!(invoice["status"], "needs_review");
    let note = &invoice["notes"][0];
    let message = "This is a scan, and the program that reads scans, Tesseract, is not installed. Type in the values.";
    assert_eq!((note["code"].as_str(), note["message"].as_str()), (Some("no_text"), Some(message)));
}

#[tokio::test]
async fn only_named_origins_may_call_from_a_page() {
    let server = TestServer::with(|config| config.allowed_origins = vec!["https://partner.example".into()]).await;
    let preflight = |origin: &'static str| {
        let request = server.browser().request(Method::OPTIONS, "/api/v1/invoices").header("origin", origin);
        request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
            .send()
    };
    let named = preflight("https://partner.example").await.unwrap();
    assert_eq!(named.headers()["access-control-allow-origin"], "https://partner.example");
    assert!(!named.headers().contains_key("access-control-allow-credentials"));
    let other = preflight("https://evil.example").await.unwrap();
    assert!(!other.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_stopped_server_ends_well_and_a_new_one_finds_everything() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = TestServer::with(|config| config.data_dir = data.clone()).await;
    let api = server.client(Role::Clerk).await;
    assert_eq!(api.upload(vec![("a.xml", ubl(1))]).await.status(), StatusCode::ACCEPTED);
    server.stop().await.unwrap();
    assert!(api.request(Method::GET, "/health/live").send().await.is_err(), "nobody listens any more");

    let again = TestServer::with(|config| config.data_dir = data.clone()).await;
    let api = Api {
        token: Some(again.services.token_create("clerk@example.com", "t", &[Right::Read]).await.unwrap()),
        ..again.browser()
    };
    assert_eq!(body(api.get("/api/v1/invoices").await).await["total"], 1);
}

#[tokio::test]
async fn comments_are_written_once_and_tell_whom_they_mention() {
    let server = TestServer::start().await;
    let (clerk, reviewer) = (server.client(Role::Clerk).await, server.client(Role::Reviewer).await);
    let upload = body(clerk.upload(vec![("a.xml", ubl(1))]).await).await["uploads"][0].clone();
    let path = format!("/api/v1/invoices/{}/comments", upload["invoice_id"].as_str().unwrap());
    let people = body(clerk.get("/api/v1/people").await).await["people"].clone();
    let to = people.as_array().unwrap().iter().find(|person| person["name"] == "reviewer").unwrap()["id"].clone();
    let write = |text: &'static str| {
        let request = clerk.request(Method::POST, &path).header("idempotency-key", "c-1");
        request.json(&json!({ "text": text, "mentions": [to] })).send()
    };
    let first = write("@reviewer, look").await.unwrap();
    assert_eq!(first.status(), StatusCode::CREATED);
    let first = body(first).await;
    assert_eq!(body(write("@reviewer, look").await.unwrap()).await, first);
    refused(write("@reviewer, look again").await.unwrap(), StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(body(reviewer.get(&path).await).await["comments"], json!([first]));
    assert_eq!(body(reviewer.get("/api/v1/notifications").await).await["unread"], 1);

    for wrong in [json!({}), json!({ "id": "x", "all": true }), json!({ "all": false })] {
        let refusal =
            refused(reviewer.post("/api/v1/notifications/read", &wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refusal.await["code"], "invalid", "{wrong}");
    }
    refused(reviewer.post("/api/v1/notifications/read", &json!({ "id": "x" })).await, StatusCode::NOT_FOUND).await;
    let read = reviewer.post("/api/v1/notifications/read", &json!({ "all": true })).await;
    assert_eq!(body(read).await, json!({ "unread": 0 }));

    let auditor = server.client(Role::Auditor).await;
    assert_eq!(auditor.get(&path).await.status(), StatusCode::OK);
    refused(auditor.post(&path, &json!({ "text": "no" })).await, StatusCode::FORBIDDEN).await;
    refused(clerk.post(&path, &json!({ "text": " " })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    refused(clerk.post(&path, &json!({ "words": "x" })).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    for path in [path.as_str(), "/api/v1/people", "/api/v1/notifications", "/api/v1/workitems"] {
        refused(server.browser().get(path).await, StatusCode::UNAUTHORIZED).await;
    }
    refused(clerk.get(&format!("/api/v1/invoices/{NOBODYS_ID}/comments")).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_failure_of_ours_is_told_with_the_id_of_the_log() {
    let server = TestServer::start().await;
    let api = server.client(Role::Clerk).await;
    let mut tx = server.services.store.begin_quiet().await.unwrap();
    sqlx::query("DROP TABLE history").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let question = api.request(Method::POST, LoadHistory::url()).header("x-request-id", "my-request-2");
    let answer = question.json(&json!({ "id": NOBODYS_ID })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let told = answer.text().await.unwrap();
    assert!(told.contains("my-request-2"), "{told}");
    // The same to a program.
    let error = api.get(&format!("/api/v1/invoices/{NOBODYS_ID}/history")).await;
    assert!(refused(error, StatusCode::INTERNAL_SERVER_ERROR).await["request_id"].as_str().is_some());
}
