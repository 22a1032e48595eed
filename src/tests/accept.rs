//! Taking connections: slow clients lose theirs, and a stop waits for what runs.

use ap_intake::server::accept;
use axum::{Router, routing::get};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// What any of this may take before the test fails.
const LONG: Duration = Duration::from_secs(20);

struct Served {
    address: SocketAddr,
    /// Rung when the slow page is asked for, and to let it answer.
    asked: Arc<Notify>,
    answer: Arc<Notify>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

async fn serve(head_time: Duration) -> Served {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (asked, answer) = (asked.clone(), answer.clone());
        move || async move {
            asked.notify_one();
            answer.notified().await;
            "late"
        }
    };
    let router = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(accept::serve(listener, router, head_time, stop.clone()));
    Served { address, asked, answer, stop, serving }
}

#[tokio::test]
async fn a_client_that_is_slow_with_its_request_loses_the_connection() {
    let served = serve(Duration::from_millis(100)).await;
    for begun in ["", "GET / HTTP/1.1\r\nhost: a\r\nx-slow: "] {
        let mut connection = TcpStream::connect(served.address).await.unwrap();
        connection.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let closed = timeout(LONG, connection.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "{begun:?} was kept waiting");
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{begun:?}");
    }
    let page = reqwest::get(format!("http://{}/", served.address)).await.unwrap().text().await.unwrap();
    assert_eq!(page, "here");
}

#[tokio::test]
async fn a_stop_waits_for_the_request_that_runs_and_takes_no_other() {
    let served = serve(LONG).await;
    let running = tokio::spawn(reqwest::get(format!("http://{}/slow", served.address)));
    served.asked.notified().await;
    served.stop.cancel();
    // The listener is gone once the stop was seen.
    while TcpStream::connect(served.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    served.answer.notify_one();
    assert_eq!(running.await.unwrap().unwrap().text().await.unwrap(), "late");
    timeout(LONG, served.serving).await.expect("it ends").unwrap();
}
