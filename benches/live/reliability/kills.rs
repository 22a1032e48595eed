//! Kills the server and starts it again, beside the thread that reads the sockets.

use super::super::{Outcome, server::Server};
use std::{
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
    thread::Scope,
    time::Duration,
};

/// Whoever it is told to kills the server. It ends when this is dropped.
pub struct Killer {
    asks: Sender<()>,
    done: Receiver<Outcome<Duration>>,
    is_down: bool,
    /// How long the server was not ready, for each kill.
    pub outages: Vec<Duration>,
}

impl Killer {
    pub fn start<'scope>(scope: &'scope Scope<'scope, '_>, server: &'scope mut Server) -> Killer {
        let (asks, asked) = channel();
        let (answer, done) = channel();
        scope.spawn(move || while asked.recv().is_ok() && answer.send(server.kill_and_restart()).is_ok() {});
        Killer { asks, done, is_down: false, outages: Vec::new() }
    }

    /// Kills it, unless it is down.
    pub fn kill(&mut self) -> Outcome<()> {
        if !self.is_down {
            self.is_down = true;
            self.asks.send(())?;
        }
        Ok(())
    }

    /// Whether the server is down, or was until just now.
    pub fn is_down(&mut self) -> Outcome<bool> {
        match self.done.try_recv() {
            Ok(outage) => {
                self.outages.push(outage?);
                self.is_down = false;
                // What the killed one left is read once more.
                Ok(true)
            }
            Err(TryRecvError::Empty) => Ok(self.is_down),
            Err(TryRecvError::Disconnected) => Err("the server was killed and nobody starts it again".into()),
        }
    }
}
