//! The sockets that are cut, on one thread: each reads, is cut at random, and comes back at its time.

use super::{
    super::Outcome,
    ledger::Ledger,
    link::{Link, Standing},
    member::{Member, Mood},
    tally::{Cut, Tally},
};
use mio::{Events, Poll, Token};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    io::ErrorKind,
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How often it is looked at whose time has come.
const TICK: Duration = Duration::from_millis(5);
/// The kinds of cuts, and how many of a hundred are of each.
const KINDS: [(Cut, u32); 4] = [(Cut::Dropped, 40), (Cut::Reset, 30), (Cut::HalfClosed, 15), (Cut::Stalled, 15)];
/// How long most are away, in milliseconds.
const AWAY_MS: std::ops::Range<u64> = 0..2_000;
/// How long one in [`SELDOM`] is away: past what is replayed, too.
const LONG_AWAY_MS: std::ops::Range<u64> = 5_000..25_000;
const SELDOM: u32 = 50;
/// How long a stalled one does not read.
const STALLED_MS: std::ops::Range<u64> = 2_000..6_000;
/// The pause after a try that nobody answered.
const RETRY_MS: std::ops::Range<u64> = 250..500;

/// The sockets and the account of them.
pub struct Crowd {
    address: SocketAddr,
    /// What asks for the upgrade.
    request: String,
    poll: Poll,
    events: Events,
    members: Vec<Member>,
    random: StdRng,
    pub ledger: Ledger,
    pub tally: Tally,
}

impl Crowd {
    pub fn new(address: SocketAddr, headers: &[String], sockets: usize, seed: u64) -> Outcome<Crowd> {
        let headers: String = headers.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect();
        let request = format!(
            "GET /api/v1/invoices/updates HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        let now = Instant::now();
        Ok(Crowd {
            address,
            request,
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            members: (0..sockets).map(|name| Member::new(name, now)).collect(),
            random: StdRng::seed_from_u64(seed),
            ledger: Ledger::default(),
            tally: Tally::default(),
        })
    }

    /// Reads what comes and does what is due, for a moment. `is_down`: the server is being killed.
    pub fn pump(&mut self, is_down: bool) -> Outcome<()> {
        match self.poll.poll(&mut self.events, Some(TICK)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            polled => polled?,
        }
        let ready: Vec<_> = self.events.iter().map(|event| (event.token().0, event.is_writable())).collect();
        for (place, is_writable) in ready {
            self.read(place, is_writable, is_down)?;
        }
        let now = Instant::now();
        for place in 0..self.members.len() {
            if self.members[place].due.is_some_and(|due| due <= now) {
                self.act(place, now)?;
            }
        }
        Ok(())
    }

    fn read(&mut self, place: usize, is_writable: bool, is_down: bool) -> Outcome<()> {
        let Crowd { request, members, ledger, tally, .. } = self;
        let member = &mut members[place];
        // Cut since the poll, or not reading.
        let Some(mut link) = member.link.take_if(|_| matches!(member.mood, Mood::Open | Mood::HalfClosed)) else {
            return Ok(());
        };
        let mut texts = Vec::new();
        let standing = link.work(is_writable, request, &member.hello(), &mut texts)?;
        member.link = Some(link);
        for text in texts {
            member.hear(&text, ledger, tally, Instant::now())?;
        }
        if standing == Standing::Over {
            self.over(place, is_down);
        }
        Ok(())
    }

    /// The server ended a connection, or did not take it.
    fn over(&mut self, place: usize, is_down: bool) {
        let pause = self.pause();
        let retry = self.draw(RETRY_MS);
        let (member, tally) = (&mut self.members[place], &mut self.tally);
        let now = Instant::now();
        if member.mood == Mood::HalfClosed {
            // It comes back at its time.
            member.link = None;
        } else if !member.is_in_room() {
            tally.unanswered += 1;
            member.goes(retry, now);
        } else {
            if is_down {
                tally.lost_server += 1;
                member.lost_server = true;
            } else {
                tally.refused(member.bye.as_deref().unwrap_or("ended without a word"));
            }
            member.goes(pause, now);
        }
    }

    fn act(&mut self, place: usize, now: Instant) -> Outcome<()> {
        if self.members[place].mood == Mood::Stalled {
            let pause = self.pause();
            self.members[place].goes(pause, now);
            return Ok(());
        }
        // That of one that was half closed is dropped here.
        self.members[place].link = None;
        let link = Link::connect(self.address, self.poll.registry(), Token(place));
        let refused = link.is_err();
        self.members[place].comes_back(link.ok(), now);
        if refused {
            self.over(place, true);
        }
        Ok(())
    }

    /// Cuts one of the open sockets, whatever it is at. Nothing happens if there is none.
    pub fn cut(&mut self) -> Outcome<()> {
        let open = |member: &&mut Member| member.mood == Mood::Open && member.link.is_some();
        let count = self.members.iter_mut().filter(open).count();
        if count == 0 {
            return Ok(());
        }
        let chosen = self.random.random_range(0..count);
        let kind = self.kind();
        let (pause, stall) = (self.pause(), self.draw(STALLED_MS));
        let Some(member) = self.members.iter_mut().filter(open).nth(chosen) else { return Ok(()) };
        let now = Instant::now();
        *self.tally.cuts.entry(kind).or_default() += 1;
        self.tally.cut_on_the_way += usize::from(member.gives_up_return());
        match (kind, &mut member.link) {
            (Cut::HalfClosed, Some(link)) => {
                link.close_half();
                (member.mood, member.due) = (Mood::HalfClosed, Some(now + pause));
            }
            (Cut::Stalled, Some(link)) => {
                link.stop_reading(self.poll.registry())?;
                (member.mood, member.due) = (Mood::Stalled, Some(now + stall));
            }
            (Cut::Reset, link) => {
                link.take().map_or(Ok(()), Link::reset)?;
                member.goes(pause, now);
            }
            _ => member.goes(pause, now),
        }
        Ok(())
    }

    fn kind(&mut self) -> Cut {
        let mut drawn = self.random.random_range(0..100);
        for (kind, share) in KINDS {
            if drawn < share {
                return kind;
            }
            drawn -= share;
        }
        Cut::Dropped
    }

    fn pause(&mut self) -> Duration {
        if self.random.random_ratio(1, SELDOM) { self.draw(LONG_AWAY_MS) } else { self.draw(AWAY_MS) }
    }

    fn draw(&mut self, milliseconds: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.random.random_range(milliseconds))
    }

    /// Whether every socket is in the room and was told everything up to `top`.
    pub fn all_stand_at(&self, top: i64) -> bool {
        self.members.iter().all(|member| member.stands_at(top))
    }

    /// Sockets that are not, in words.
    pub fn behind(&self, top: i64) -> Vec<String> {
        let behind = self.members.iter().filter(|member| !member.stands_at(top));
        behind
            .map(|member| format!("socket {} stands at {:?} instead of {top}", member.name, member.offset()))
            .collect()
    }

    /// Sockets that still are on their way back.
    pub fn returning(&self) -> usize {
        self.members.iter().filter(|member| member.is_returning()).count()
    }

    /// Where each socket was taken in first, at the latest.
    pub fn are_in(&self) -> bool {
        self.members.iter().all(Member::is_in_room)
    }
}
