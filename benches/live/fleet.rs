//! Many sockets on one thread: opened, joined to a room, and read; each arrival with its time.

use super::{
    Outcome,
    frames::{self, Frame},
};
use memchr::memmem::{self, Finder};
use mio::{Events, Interest, Poll, Token, net::TcpStream};
use std::{
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Stands before the number of a change, eight digits, once in each message that tells of it.
pub const MARK: &str = "live-";
const DIGITS: usize = 8;
/// How frames of our server begin that want an answer: who gives none for 8 seconds is sent away.
const OUR_PINGS: [&[u8]; 2] = [br#"{"type":"ping"}"#, br#"[{"type":"ping"}"#];

/// What a socket says and waits for until it is in its room.
#[derive(Clone, Default)]
pub struct Script {
    /// The socket's path on the server.
    pub path: String,
    /// Header lines of the upgrade, such as the session's cookie.
    pub headers: Vec<String>,
    /// One after the other: wait for a text that contains the first (empty: wait for nothing), then say the second.
    pub steps: Vec<(&'static str, String)>,
}

/// A change that a socket heard of.
#[derive(Clone, Copy)]
pub struct Heard {
    pub change: u32,
    pub at: Instant,
}

enum Stage {
    Connecting,
    Upgrading,
    Step(usize),
    Joined,
    Closed,
}

struct Socket {
    stream: TcpStream,
    stage: Stage,
    began: Instant,
    joined: Option<Instant>,
    /// Bytes of a frame that is not all there yet.
    partial: Vec<u8>,
    /// Changes it heard of, and when the last came.
    heard: u32,
    last: Instant,
    /// The server's last words, if it said `bye`.
    bye: Option<String>,
}

/// The sockets, and what they heard.
pub struct Fleet {
    address: SocketAddr,
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    sockets: Vec<Socket>,
    finder: Finder<'static>,
    heard: Vec<Heard>,
    /// A message as it came, to be sent by others at the same size.
    sample: Option<String>,
    /// What the last one that joined was told.
    welcome: String,
    waiting_to_join: usize,
    closed: usize,
}

impl Fleet {
    pub fn new(address: SocketAddr) -> Outcome<Fleet> {
        Ok(Fleet {
            address,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            buffer: vec![0; 256 * 1024],
            sockets: Vec::new(),
            finder: Finder::new(MARK),
            heard: Vec::new(),
            sample: None,
            welcome: String::new(),
            waiting_to_join: 0,
            closed: 0,
        })
    }

    /// Sockets opened so far.
    pub fn len(&self) -> usize {
        self.sockets.len()
    }

    /// Sockets that the other side closed.
    pub fn closed(&self) -> usize {
        self.closed
    }

    /// What sockets heard since this was asked before.
    pub fn take_heard(&mut self) -> Vec<Heard> {
        std::mem::take(&mut self.heard)
    }

    /// How many changes sockets heard of since [`Fleet::take_heard`].
    pub fn heard(&self) -> usize {
        self.heard.len()
    }

    /// How many changes the socket that heard fewest heard of.
    pub fn fewest_heard(&self) -> u32 {
        self.sockets.iter().map(|socket| socket.heard).min().unwrap_or(0)
    }

    /// From opening to the last change heard, for each socket from `first` on.
    pub fn times_to_last(&self, first: usize) -> Vec<Duration> {
        self.sockets[first..].iter().map(|socket| socket.last.duration_since(socket.began)).collect()
    }

    /// From opening to being in the room, for each socket from `first` on.
    pub fn times_to_join(&self, first: usize) -> Vec<Duration> {
        let joined = self.sockets[first..].iter();
        joined.filter_map(|socket| Some(socket.joined?.duration_since(socket.began))).collect()
    }

    /// The first message that told of a change.
    pub fn sample(&self) -> Option<&str> {
        self.sample.as_deref()
    }

    /// What the server told the last one that joined its room.
    pub fn welcome(&self) -> &str {
        &self.welcome
    }

    /// What is known of the sockets that are open no more: how many, and the last words of one.
    pub fn losses(&self) -> Option<String> {
        let words = self.sockets.iter().find_map(|socket| socket.bye.as_deref()).unwrap_or("without a word");
        (self.closed > 0).then(|| format!("the server closed {} sockets: {words}", self.closed))
    }

    /// How many were sent away with `bye` and this code.
    pub fn sent_away(&self, code: &str) -> usize {
        let code = format!("\"{code}\"");
        self.sockets.iter().filter(|socket| socket.bye.as_ref().is_some_and(|bye| bye.contains(&code))).count()
    }

    /// Opens `count` more, at most `at_once` of them at the same time, and waits until all are in their room.
    pub fn open(&mut self, script: &Script, count: usize, at_once: usize, within: Duration) -> Outcome<()> {
        let deadline = Instant::now() + within;
        let mut left = count;
        while left > 0 || self.waiting_to_join > 0 {
            while left > 0 && self.waiting_to_join < at_once {
                self.begin()?;
                left -= 1;
            }
            self.pump(script, Duration::from_millis(100))?;
            if self.closed > 0 {
                return Err(format!("the server closed {} of {} sockets", self.closed, self.len()).into());
            }
            if Instant::now() > deadline {
                let missing = left + self.waiting_to_join;
                return Err(format!("{missing} of {count} sockets were not in their room within {within:?}").into());
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Outcome<()> {
        let began = Instant::now();
        let mut stream = TcpStream::connect(self.address)?;
        let token = Token(self.sockets.len());
        self.poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        let stage = Stage::Connecting;
        let (partial, bye) = (Vec::new(), None);
        self.sockets.push(Socket { stream, stage, began, joined: None, partial, heard: 0, last: began, bye });
        self.waiting_to_join += 1;
        Ok(())
    }

    /// Reads what comes, for `time` at most, or until something came.
    pub fn pump(&mut self, script: &Script, time: Duration) -> Outcome<()> {
        match self.poll.poll(&mut self.events, Some(time)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            polled => polled?,
        }
        let Fleet { events, sockets, buffer, finder, heard, sample, welcome, waiting_to_join, closed, .. } = self;
        for event in events.iter() {
            let Some(socket) = sockets.get_mut(event.token().0) else { continue };
            let was_joining = socket.is_joining();
            if matches!(socket.stage, Stage::Connecting) && event.is_writable() {
                socket.upgrade(script)?;
            }
            if event.is_readable() {
                let mut notes = Notes { finder, heard, sample, welcome };
                if socket.read(script, buffer, event.is_read_closed(), &mut notes)? {
                    *closed += 1;
                }
            }
            *waiting_to_join -= usize::from(was_joining && !socket.is_joining());
        }
        Ok(())
    }

    /// Reads until `done`, or until `within` has passed: then false.
    pub fn pump_until(&mut self, script: &Script, within: Duration, done: impl Fn(&Fleet) -> bool) -> Outcome<bool> {
        let deadline = Instant::now() + within;
        while !done(self) {
            if Instant::now() > deadline {
                return Ok(false);
            }
            self.pump(script, Duration::from_millis(20))?;
        }
        Ok(true)
    }

    /// The first `count` sockets stop reading.
    pub fn pause(&mut self, count: usize) -> Outcome<()> {
        for socket in self.sockets.iter_mut().take(count) {
            self.poll.registry().deregister(&mut socket.stream)?;
        }
        Ok(())
    }

    /// The first `count` sockets read again.
    pub fn resume(&mut self, count: usize) -> Outcome<()> {
        for (place, socket) in self.sockets.iter_mut().enumerate().take(count) {
            self.poll.registry().register(&mut socket.stream, Token(place), Interest::READABLE)?;
        }
        Ok(())
    }
}

/// Where a socket notes what it read.
struct Notes<'a> {
    finder: &'a Finder<'static>,
    heard: &'a mut Vec<Heard>,
    sample: &'a mut Option<String>,
    welcome: &'a mut String,
}

impl Socket {
    fn is_joining(&self) -> bool {
        !matches!(self.stage, Stage::Joined | Stage::Closed)
    }

    fn upgrade(&mut self, script: &Script) -> Outcome<()> {
        if let Some(error) = self.stream.take_error()? {
            return Err(error.into());
        }
        self.stream.set_nodelay(true)?;
        let headers: String = script.headers.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n",
            script.path
        );
        self.stream.write_all(request.as_bytes())?;
        self.stage = Stage::Upgrading;
        Ok(())
    }

    /// Reads all there is, to the end if that is known to have come. True: the other side has just closed.
    fn read(&mut self, script: &Script, buffer: &mut [u8], to_end: bool, notes: &mut Notes) -> Outcome<bool> {
        loop {
            let count = match self.stream.read(buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
                Err(error) => return Err(error.into()),
            };
            if count == 0 {
                let was_open = !matches!(self.stage, Stage::Closed);
                self.stage = Stage::Closed;
                return Ok(was_open);
            }
            self.take(script, &buffer[..count], Instant::now(), notes)?;
            if count < buffer.len() && !to_end {
                return Ok(false);
            }
        }
    }

    fn take(&mut self, script: &Script, bytes: &[u8], at: Instant, notes: &mut Notes) -> Outcome<()> {
        if self.partial.is_empty() {
            let used = self.take_whole(script, bytes, at, notes)?;
            self.partial.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        let mut all = std::mem::take(&mut self.partial);
        all.extend_from_slice(bytes);
        let used = self.take_whole(script, &all, at, notes)?;
        if used < all.len() {
            all.drain(..used);
            self.partial = all;
        }
        Ok(())
    }

    /// Takes what is whole, and gives how many bytes that was.
    fn take_whole(&mut self, script: &Script, bytes: &[u8], at: Instant, notes: &mut Notes) -> Outcome<usize> {
        let mut rest = bytes;
        if matches!(self.stage, Stage::Upgrading) {
            let Some(end) = memmem::find(rest, b"\r\n\r\n") else { return Ok(0) };
            if !rest.starts_with(b"HTTP/1.1 101") {
                return Err(format!("no socket: {}", String::from_utf8_lossy(&rest[..end])).into());
            }
            rest = &rest[end + 4..];
            self.stage = Stage::Step(0);
            self.advance(script, b"", at)?;
        }
        while let Some((frame, behind)) = frames::split(rest) {
            rest = behind;
            self.frame(script, &frame, at, notes)?;
        }
        Ok(bytes.len() - rest.len())
    }

    fn frame(&mut self, script: &Script, frame: &Frame, at: Instant, notes: &mut Notes) -> Outcome<()> {
        match frame.opcode {
            frames::PING => self.say(frames::PONG, frame.payload)?,
            // Of Socket.IO.
            frames::TEXT if frame.payload == b"2" => self.say(frames::TEXT, b"3")?,
            frames::TEXT if matches!(self.stage, Stage::Step(_)) => {
                self.advance(script, frame.payload, at)?;
                if matches!(self.stage, Stage::Joined) {
                    *notes.welcome = String::from_utf8_lossy(frame.payload).into_owned();
                }
                self.note(frame.payload, at, notes);
            }
            frames::CLOSE => {}
            _ => {
                // Of ours, alone or first in a batch.
                if OUR_PINGS.iter().any(|ping| frame.payload.starts_with(ping)) {
                    self.say(frames::TEXT, br#"{"type":"pong"}"#)?;
                }
                self.note(frame.payload, at, notes);
            }
        }
        Ok(())
    }

    fn note(&mut self, payload: &[u8], at: Instant, notes: &mut Notes) {
        let before = self.heard;
        for place in notes.finder.find_iter(payload) {
            let digits = payload.iter().skip(place + MARK.len()).take(DIGITS);
            let change = digits.fold(0, |number, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')));
            notes.heard.push(Heard { change, at });
            self.heard += 1;
        }
        if self.heard > before {
            self.last = at;
            if notes.sample.is_none() {
                *notes.sample = Some(String::from_utf8_lossy(payload).into_owned());
            }
        } else if memmem::find(payload, br#""bye""#).is_some() {
            self.bye = Some(String::from_utf8_lossy(payload).into_owned());
        }
    }

    /// Goes on in the script, if this text is what it waits for.
    fn advance(&mut self, script: &Script, text: &[u8], at: Instant) -> Outcome<()> {
        while let Stage::Step(step) = self.stage {
            let Some((wanted, answer)) = script.steps.get(step) else {
                self.stage = Stage::Joined;
                self.joined = Some(at);
                return Ok(());
            };
            let is_next = memmem::find(text, wanted.as_bytes()).is_some();
            if !is_next {
                return Ok(());
            }
            if !answer.is_empty() {
                self.say(frames::TEXT, answer.as_bytes())?;
            }
            self.stage = Stage::Step(step + 1);
            // The next one has to wait for a text of its own, if it waits at all.
            if script.steps.get(step + 1).is_some_and(|(wanted, _)| !wanted.is_empty()) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn say(&mut self, opcode: u8, payload: &[u8]) -> Outcome<()> {
        match self.stream.write_all(&frames::masked(opcode, payload)) {
            // The next read will tell.
            Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => Ok(()),
            written => Ok(written?),
        }
    }
}
