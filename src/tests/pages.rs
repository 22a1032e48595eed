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

/// What a page is made from may be gone when the last of it is written, now and then and only beside others.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_pages_at_once_are_all_written() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let api = server.signed_in(&email).await;
    let uploaded = body(api.upload(vec![("invoice.xml", ubl(71))]).await).await;
    let page = format!("/invoices/{}", uploaded["uploads"][0]["invoice_id"].as_str().unwrap());
    let answers = stream::iter(0..160).map(|_| api.get(&page)).buffer_unordered(8);
    let statuses: Vec<StatusCode> = answers.map(|answer| answer.status()).collect().await;
    let refused: Vec<_> = statuses.iter().filter(|status| **status != StatusCode::OK).collect();
    assert!(refused.is_empty(), "{} of {} refused: {refused:?}", refused.len(), statuses.len());
}
