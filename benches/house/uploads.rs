//! From an upload to an invoice that can be reviewed, as a program sees it: a form over REST, then the socket's word.

use super::{
    Outcome,
    http::{Client, file_form},
    server::Server,
    table::{Table, ms, percentile},
};
use ap_intake::{
    adapters::samples::{Sample, generate},
    domain::reading::DocumentKind,
};
use serde_json::{Value, json};
use std::{
    net::TcpStream,
    time::{Duration, Instant},
};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket, client::IntoClientRequest, http::HeaderValue};

const PART: &str = "Upload → ready for review";
const RUNS: u64 = 60;
/// Uploaded before anything is measured, so that reader processes run.
const WARM_UP: u64 = 5;
/// Documents that each connection uploads for [`upload_some`].
const SOME: u64 = 6;
/// A document that takes longer fails the run.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Adds the times of text PDFs and of UBL, one document at a time.
pub fn measure(server: &Server, table: &mut Table) -> Outcome<()> {
    for (kind, what, aim) in
        [(DocumentKind::TextPdf, "PDF with text", "p50 300 ms"), (DocumentKind::Ubl, "UBL", "p50 100 ms")]
    {
        let mut uploader = Uploader::connect(server)?;
        let first_seed = 1_000_000 * (kind as u64 + 1);
        for seed in 0..WARM_UP {
            uploader.upload(&generate(kind, first_seed + seed))?;
        }
        let mut times = (WARM_UP..WARM_UP + RUNS)
            .map(|seed| uploader.upload(&generate(kind, first_seed + seed)))
            .collect::<Outcome<Vec<Duration>>>()?;
        times.sort_unstable();
        let [p50, p95] = [0.5, 0.95].map(|share| ms(percentile(&times, share)));
        table.add(PART, format!("{what}, {RUNS} uploads"), format!("p50 {p50}, p95 {p95}"), aim, "");
    }
    Ok(())
}

/// Uploads text PDFs of its own, one after the other; `place` tells them from those of others.
pub fn upload_some(server: &Server, place: u64) -> Outcome<()> {
    let mut uploader = Uploader::connect(server)?;
    for seed in 0..SOME {
        uploader.upload(&generate(DocumentKind::TextPdf, 50_000_000 + place * SOME + seed))?;
    }
    Ok(())
}

/// A connection for forms and a socket in the room of all invoices.
struct Uploader {
    client: Client,
    socket: WebSocket<TcpStream>,
}

impl Uploader {
    fn connect(server: &Server) -> Outcome<Uploader> {
        let stream = TcpStream::connect(server.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIME_LIMIT))?;
        let mut request = format!("ws://{}/api/v1/invoices/updates", server.address).into_client_request()?;
        request.headers_mut().insert("cookie", HeaderValue::from_str(&server.cookie)?);
        let (socket, _) = tungstenite::client(request, stream).map_err(|error| error.to_string())?;
        let mut uploader = Uploader { client: Client::connect(server.address, &server.headers)?, socket };
        uploader.socket.send(Message::text(json!({ "type": "subscribe", "room": "all" }).to_string()))?;
        uploader.until(|message| message["type"] == "subscribed")?;
        Ok(uploader)
    }

    /// Time from the first byte of the form to the message that says the invoice waits for review.
    fn upload(&mut self, sample: &Sample) -> Outcome<Duration> {
        let (form, content_type) = file_form(&sample.filename, &sample.bytes);
        let start = Instant::now();
        let answer = self.client.post("/api/v1/invoices", &content_type, &form)?.expect(202)?;
        let answer: Value = serde_json::from_slice(&answer.body)?;
        let id = answer["uploads"][0]["invoice_id"].as_str().ok_or("the answer names no invoice")?;
        let is_end = |message: &Value| {
            message["type"] == "processing_status"
                && message["invoiceId"] == id
                && matches!(message["data"]["status"].as_str(), Some("completed" | "failed" | "cancelled"))
        };
        let end = self.until(is_end)?;
        let took = start.elapsed();
        match end["data"]["invoice_status"].as_str() {
            Some("needs_review") => Ok(took),
            _ => Err(format!("{} did not come to review: {end}", sample.filename).into()),
        }
    }

    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Outcome<Value> {
        let deadline = Instant::now() + TIME_LIMIT;
        while Instant::now() < deadline {
            if let Message::Text(text) = self.socket.read()? {
                let message: Value = serde_json::from_str(&text)?;
                if wanted(&message) {
                    return Ok(message);
                }
                if message["type"] == "error" {
                    return Err(format!("the socket said {text}").into());
                }
            }
        }
        Err("the socket did not say what was waited for".into())
    }
}
