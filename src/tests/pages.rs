//! Pages as the server writes them.

use crate::helpers::{TestServer, body, ubl};
use ap_intake::domain::roles::Role;
use futures::{StreamExt, stream};
use reqwest::StatusCode;

#[tokio::test]
async fn the_page_of_an_invoice_that_is_not_there_says_so_by_its_status() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let browser = server.signed_in(&email).await;
    let api = server.token_client(&email, Role::Clerk.rights()).await;
    let upload = body(api.upload(vec![("a.xml", ubl(1))]).await).await["uploads"][0].clone();
    for (id, status) in [
        (upload["invoice_id"].as_str().unwrap(), StatusCode::OK),
        ("01900000-0000-7000-8000-000000000000", StatusCode::NOT_FOUND),
        ("not-an-id", StatusCode::NOT_FOUND),
    ] {
        let page = browser.get(&format!("/invoices/{id}")).await;
        assert_eq!(page.status(), status, "{id}");
        assert!(page.text().await.unwrap().contains("<main"), "{id}");
    }
}

/// Pages that are written at once share threads: each must be whole, and tell of its own invoice only.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_pages_at_once_are_all_written() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let email = server.person(Role::Clerk).await;
    let api = server.signed_in(&email).await;
    let mut invoices = Vec::new();
    for seed in 71..75 {
        let id = api.read_invoice(seed).await;
        let invoice = body(api.get(&format!("/api/v1/invoices/{id}")).await).await;
        invoices.push((id, invoice["fields"]["invoice_number"]["value"].as_str().unwrap().to_owned()));
    }
    let answers = stream::iter(invoices.iter().cycle().take(160)).map(|(id, number)| {
        let (api, invoices) = (&api, &invoices);
        async move {
            let page = api.get(&format!("/invoices/{id}")).await;
            let status = page.status();
            let text = page.text().await.unwrap();
            let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
            let title = title.map_or("none", |(title, _)| title).to_owned();
            let names_others = invoices.iter().any(|(_, other)| other != number && text.contains(other));
            let is_right = status == StatusCode::OK && title.contains(number) && !names_others;
            is_right.then_some(()).ok_or((status, title, names_others, number))
        }
    });
    let answers: Vec<_> = answers.buffer_unordered(8).collect().await;
    let wrong: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:?}", wrong.len(), answers.len());
}
