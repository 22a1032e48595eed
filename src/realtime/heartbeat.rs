//! Whether the other end is still there.

use std::time::Duration;
use tokio::time::Instant;

/// Time between pings.
pub const PING_EVERY: Duration = Duration::from_secs(25);
/// Time to answer one. Any frame is an answer.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// What to do when the time of [`Heartbeat::due`] has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    Ping,
    GiveUp,
}

/// The clock of one socket.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    next: Beat,
    due: Instant,
}

impl Heartbeat {
    pub fn new(now: Instant) -> Heartbeat {
        Heartbeat { next: Beat::Ping, due: now + PING_EVERY }
    }

    /// When [`Heartbeat::beat`] has something to do.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// A frame came.
    pub fn heard(&mut self, now: Instant) {
        if self.next == Beat::GiveUp {
            *self = Heartbeat::new(now);
        }
    }

    /// Its time has come.
    pub fn beat(&mut self, now: Instant) -> Beat {
        let beat = self.next;
        *self = Heartbeat { next: Beat::GiveUp, due: now + ANSWER_WITHIN };
        beat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pings_after_25_seconds_and_gives_up_8_seconds_later() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(start);
        assert_eq!(heartbeat.due(), start + PING_EVERY);
        assert_eq!(heartbeat.beat(start + PING_EVERY), Beat::Ping);
        assert_eq!(heartbeat.due(), start + PING_EVERY + ANSWER_WITHIN);
        assert_eq!(heartbeat.beat(heartbeat.due()), Beat::GiveUp);
    }

    #[test]
    fn any_frame_after_a_ping_starts_over() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(start);
        heartbeat.beat(start + PING_EVERY);
        let answered = start + PING_EVERY + Duration::from_secs(1);
        heartbeat.heard(answered);
        assert_eq!(heartbeat.due(), answered + PING_EVERY);
        assert_eq!(heartbeat.beat(heartbeat.due()), Beat::Ping);
    }

    #[test]
    fn a_client_that_talks_all_the_time_is_pinged_all_the_same() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(start);
        heartbeat.heard(start + Duration::from_secs(20));
        assert_eq!(heartbeat.due(), start + PING_EVERY);
    }
}
