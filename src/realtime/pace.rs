//! How soon a socket writes again. What comes to a quiet one goes out at once; what follows is gathered for a moment,
//! so that under load one write carries many events. One clock for all sockets: a timer each would cost more than it saves.

use super::{Mailbox, lock};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    runtime::Handle,
    time::{Instant, MissedTickBehavior, interval_at},
};

/// How long events are gathered at most.
pub const PAUSE: Duration = Duration::from_millis(16);

/// Rings at mailboxes whose pause is over.
pub struct Pacer {
    resting: Mutex<Resting>,
    runtime: Handle,
}

#[derive(Default)]
struct Resting {
    mailboxes: Vec<Arc<Mailbox>>,
    /// The clock runs; it stops when nobody rests.
    ticking: bool,
}

impl Pacer {
    /// `runtime` is the one that serves the sockets.
    pub fn new(runtime: Handle) -> Arc<Pacer> {
        Arc::new(Pacer { resting: Mutex::default(), runtime })
    }

    /// Rings at this mailbox at the next tick, and at each later one until nothing waits in it.
    pub(super) fn rest(self: &Arc<Self>, mailbox: Arc<Mailbox>) {
        let mut resting = lock(&self.resting);
        resting.mailboxes.push(mailbox);
        if !std::mem::replace(&mut resting.ticking, true) {
            self.runtime.spawn(self.clone().tick());
        }
    }

    async fn tick(self: Arc<Self>) {
        let mut ticks = interval_at(Instant::now() + PAUSE, PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // Not under the lock: who is rung at may run at once, and rest again.
            let mut mailboxes = std::mem::take(&mut lock(&self.resting).mailboxes);
            mailboxes.retain(|mailbox| mailbox.rested());
            let mut resting = lock(&self.resting);
            mailboxes.append(&mut resting.mailboxes);
            resting.mailboxes = mailboxes;
            if resting.mailboxes.is_empty() {
                // A room of ten thousand is forgotten with its list.
                *resting = Resting::default();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    /// A mailbox that gathers. The clock of these tests goes on only where they wait.
    fn gathering() -> (Arc<Mailbox>, Arc<Pacer>) {
        let (mailbox, pacer) = (Arc::new(Mailbox::default()), Pacer::new(Handle::current()));
        mailbox.gather(&pacer);
        (mailbox, pacer)
    }

    /// Whether it has rung since it was asked before.
    fn rings(mailbox: &Mailbox) -> bool {
        mailbox.filled().now_or_never().is_some()
    }

    fn waiting(mailbox: &Mailbox) -> usize {
        mailbox.take(usize::MAX, usize::MAX).unwrap().len()
    }

    #[tokio::test]
    async fn the_first_event_goes_at_once_and_the_next_ones_together() {
        let (mailbox, _pacer) = gathering();
        mailbox.event("first".into());
        assert!(rings(&mailbox));
        assert_eq!(waiting(&mailbox), 1);
        mailbox.event("second".into());
        mailbox.event("third".into());
        assert!(!rings(&mailbox), "they wait for the tick");
        mailbox.filled().await;
        assert_eq!(waiting(&mailbox), 2);
    }

    #[tokio::test]
    async fn a_socket_that_was_quiet_for_a_tick_is_served_at_once_again() {
        let (mailbox, pacer) = gathering();
        for _ in 0..3 {
            mailbox.event("event".into());
            assert!(rings(&mailbox));
            assert_eq!(waiting(&mailbox), 1);
            while lock(&pacer.resting).ticking {
                tokio::task::yield_now().await;
            }
            assert!(!rings(&mailbox));
        }
    }

    #[tokio::test]
    async fn answers_and_the_end_do_not_wait() {
        let (mailbox, _pacer) = gathering();
        mailbox.event("event".into());
        assert!(rings(&mailbox));
        mailbox.control("answer".into());
        assert!(rings(&mailbox));
        mailbox.close(super::super::Farewell::Shutdown);
        assert!(rings(&mailbox));
    }

    #[tokio::test]
    async fn much_does_not_wait() {
        let (mailbox, _pacer) = gathering();
        mailbox.event("event".into());
        assert!(rings(&mailbox));
        waiting(&mailbox);
        for _ in 0..63 {
            mailbox.event("event".into());
        }
        assert!(!rings(&mailbox));
        mailbox.event("event".into());
        assert!(rings(&mailbox), "64 messages");
        waiting(&mailbox);
        mailbox.event("x".repeat(32 * 1024).into());
        assert!(rings(&mailbox), "32 KiB");
    }
}
