//! One socket with a thread of its own: says something and waits for what comes of it.

use super::super::{
    Outcome,
    frames::{self, CLOSE, TEXT},
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// The server answers within this, or the run fails.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// Says that all is well.
const NORMAL: [u8; 2] = 1000_u16.to_be_bytes();

/// An open socket that said hello.
pub struct Talk {
    stream: TcpStream,
    partial: Vec<u8>,
    heard: VecDeque<Value>,
    /// What others see it as.
    pub name: String,
}

impl Talk {
    /// Opens a socket and says hello as this client.
    pub fn open(address: SocketAddr, headers: &[String], client_id: &str) -> Outcome<Talk> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let mut talk = Talk { stream, partial: Vec::new(), heard: VecDeque::new(), name: String::new() };
        talk.upgrade(address, headers)?;
        talk.say(&json!({ "type": "hello", "proto": 1, "client_id": client_id, "resume": [] }))?;
        let welcome = talk.wait_for(|message| message["type"] == "welcome")?;
        talk.name = welcome["connection"].as_str().ok_or("a welcome without a name")?.to_owned();
        Ok(talk)
    }

    fn upgrade(&mut self, address: SocketAddr, headers: &[String]) -> Outcome<()> {
        let headers: String = headers.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
        let request = format!(
            "GET /api/v1/invoices/updates HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        self.stream.write_all(request.as_bytes())?;
        let deadline = Instant::now() + ANSWERED_WITHIN;
        loop {
            if let Some(end) = memchr::memmem::find(&self.partial, b"\r\n\r\n") {
                if !self.partial.starts_with(b"HTTP/1.1 101") {
                    return Err(format!("no socket: {}", String::from_utf8_lossy(&self.partial[..end])).into());
                }
                self.partial.drain(..end + 4);
                return Ok(());
            }
            if !self.read(deadline)? {
                return Err("the server did not open a socket".into());
            }
        }
    }

    /// Enters a room and waits until it is in.
    pub fn enter(&mut self, room: &str) -> Outcome<()> {
        self.say(&json!({ "type": "subscribe", "room": room }))?;
        self.wait_for(|message| message["type"] == "subscribed" && message["room"] == room)?;
        Ok(())
    }

    pub fn say(&mut self, message: &Value) -> Outcome<()> {
        Ok(self.stream.write_all(&frames::masked(TEXT, message.to_string().as_bytes()))?)
    }

    /// The next message that is wanted; others are passed over.
    pub fn wait_for(&mut self, wanted: impl Fn(&Value) -> bool) -> Outcome<Value> {
        let deadline = Instant::now() + ANSWERED_WITHIN;
        while let Some(message) = self.hear(deadline)? {
            if wanted(&message) {
                return Ok(message);
            }
            if message["type"] == "error" {
                return Err(format!("the server answered {message}").into());
            }
        }
        Err("the server did not answer".into())
    }

    /// The next message, pings answered; None: none came until `deadline`.
    pub fn hear(&mut self, deadline: Instant) -> Outcome<Option<Value>> {
        loop {
            if let Some(message) = self.heard.pop_front() {
                if message["type"] != "ping" {
                    return Ok(Some(message));
                }
                self.say(&json!({ "type": "pong" }))?;
                continue;
            }
            if !self.read(deadline)? {
                return Ok(None);
            }
            self.take_messages()?;
        }
    }

    /// False: nothing came until `deadline`.
    fn read(&mut self, deadline: Instant) -> Outcome<bool> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err("the server closed the socket".into()),
            Ok(count) => {
                self.partial.extend_from_slice(&buffer[..count]);
                Ok(true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn take_messages(&mut self) -> Outcome<()> {
        let mut rest = &self.partial[..];
        while let Some((frame, behind)) = frames::split(rest) {
            if frame.opcode == TEXT {
                match serde_json::from_slice(frame.payload)? {
                    Value::Array(messages) => self.heard.extend(messages),
                    message => self.heard.push_back(message),
                }
            }
            rest = behind;
        }
        let used = self.partial.len() - rest.len();
        self.partial.drain(..used);
        Ok(())
    }

    /// Says that it closes, as a page does that is left.
    pub fn close(&mut self) -> Outcome<()> {
        Ok(self.stream.write_all(&frames::masked(CLOSE, &NORMAL))?)
    }

    /// The connection, to be ended in another way.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }
}
