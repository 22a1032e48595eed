//! Takes connections. axum's own loop gives a client all the time it likes for the head of a request, so that a few
//! slow ones could hold every connection there is.

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{convert::Infallible, io, net::SocketAddr, time::Duration};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::{Service, ServiceExt};

/// How long a client may take for the head of a request, and how long an idle connection is kept.
pub const HEAD_TIME: Duration = Duration::from_secs(30);
/// Between tries when the system has no more connections to give.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Connections that wait to be taken. When everybody comes back at once, those beyond it would try again only after a
/// second.
const BACKLOG: u32 = 4096;

/// Listens on an address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that starts again takes its address back, though connections of the last one still end.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stopping`, then until the requests that run are answered. Sockets are told to end by whoever owns them.
pub async fn serve(listener: TcpListener, router: Router, head_time: Duration, stopping: CancellationToken) {
    let mut make_service = router.into_make_service_with_connect_info::<SocketAddr>();
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, client) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Mostly that too many files are open; connections that end make room.
                tracing::error!(%error, "could not take a connection");
                tokio::time::sleep(AFTER_ERROR).await;
                continue;
            }
        };
        let service = match make_service.call(client).await {
            Ok(service) => service,
            Err(error) => match error {},
        };
        connections.spawn(connection(stream, service, head_time, stopping.clone()));
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection<S>(stream: TcpStream, service: S, head_time: Duration, stopping: CancellationToken)
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    // Small frames go out at once instead of waiting for the answer to the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let service = service.map_request(|request: axum::http::Request<Incoming>| request.map(Body::new));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}
