//! The connection of a socket that is cut: opened, upgraded, read without waiting, and ended in the ways that
//! connections end outside of laboratories.

use super::super::{
    Outcome,
    frames::{self, TEXT},
};
use memchr::memmem;
use mio::{Interest, Registry, Token, net::TcpStream};
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr},
    os::fd::OwnedFd,
};
use tokio::net::TcpSocket;

/// A connection to the server.
pub struct Link {
    stream: TcpStream,
    stage: Stage,
    /// Bytes of what is not all there yet.
    partial: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Connecting,
    Upgrading,
    Open,
}

/// How a link stands after it was read.
#[derive(Clone, Copy, PartialEq)]
pub enum Standing {
    Waits,
    /// The other side is gone, or never was there.
    Over,
}

impl Link {
    pub fn connect(address: SocketAddr, registry: &Registry, token: Token) -> io::Result<Link> {
        let mut stream = TcpStream::connect(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Link { stream, stage: Stage::Connecting, partial: Vec::new() })
    }

    /// Goes on after the poll said that something is ready: asks for the upgrade with `request`, says `first` once the
    /// socket is open, and puts what it reads into `texts`.
    pub fn work(
        &mut self,
        is_writable: bool,
        request: &str,
        first: &[String],
        texts: &mut Vec<Vec<u8>>,
    ) -> Outcome<Standing> {
        if self.stage == Stage::Connecting {
            if !is_writable {
                return Ok(Standing::Waits);
            }
            if self.stream.take_error()?.is_some() || self.stream.write_all(request.as_bytes()).is_err() {
                return Ok(Standing::Over);
            }
            self.stage = Stage::Upgrading;
        }
        let standing = self.read();
        if self.stage == Stage::Upgrading && !self.is_upgraded()? {
            return Ok(standing);
        }
        if self.stage == Stage::Upgrading {
            self.stage = Stage::Open;
            first.iter().for_each(|text| self.say(text));
        }
        self.take_texts(texts);
        Ok(standing)
    }

    fn read(&mut self) -> Standing {
        let mut buffer = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Standing::Over,
                Ok(count) => self.partial.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Standing::Waits,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Standing::Over,
            }
        }
    }

    fn is_upgraded(&mut self) -> Outcome<bool> {
        let Some(end) = memmem::find(&self.partial, b"\r\n\r\n") else { return Ok(false) };
        if !self.partial.starts_with(b"HTTP/1.1 101") {
            return Err(format!("no socket: {}", String::from_utf8_lossy(&self.partial[..end])).into());
        }
        self.partial.drain(..end + 4);
        Ok(true)
    }

    fn take_texts(&mut self, texts: &mut Vec<Vec<u8>>) {
        let mut rest = &self.partial[..];
        while let Some((frame, behind)) = frames::split(rest) {
            if frame.opcode == TEXT {
                texts.push(frame.payload.to_vec());
            }
            rest = behind;
        }
        let used = self.partial.len() - rest.len();
        self.partial.drain(..used);
    }

    /// If the other side is gone, the next read tells.
    pub fn say(&mut self, text: &str) {
        _ = self.stream.write_all(&frames::masked(TEXT, text.as_bytes()));
    }

    /// Reads no more; what comes waits in the buffers of both sides.
    pub fn stop_reading(&mut self, registry: &Registry) -> io::Result<()> {
        registry.deregister(&mut self.stream)
    }

    /// Says that nothing more will be said, and still hears.
    pub fn close_half(&self) {
        // Fails when the other side was quicker; the next read tells.
        _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Ends as a machine does that lost its memory of the connection: with a reset.
    pub fn reset(self) -> io::Result<()> {
        reset(OwnedFd::from(self.stream).into())
    }
}

/// Ends a connection with a reset.
pub fn reset(stream: std::net::TcpStream) -> io::Result<()> {
    TcpSocket::from_std_stream(stream).set_zero_linger()
}
