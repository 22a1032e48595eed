//! Ten thousand random cuts and kills: 200 sockets hear of changes that go on all the time, are cut and lose their
//! server, and come back to where they were. Three accounts have to be one in the end: what the publishers were
//! answered, what the sockets heard, and what the log holds.

use super::{
    super::{Outcome, server::Server},
    checks::{self, Kept},
    crowd::Crowd,
    kills::Killer,
    writers::{self, Desk, Written},
};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

const SOCKETS: usize = 200;
/// Cuts, and sockets that lost their server.
pub const LOSSES: usize = 10_000;
/// Cuts from one kill to the next: twenty kills or so.
const CUTS_TO_KILL: usize = 330;
const CUTS_PER_SECOND: f64 = 32.0;
/// What is drawn at random is the same in each run; when the threads come to it is not.
pub const SEED: u64 = 10_000;
/// Publishers, and the time between two changes of each.
const WRITERS: usize = 2;
pub const PACE: Duration = Duration::from_millis(100);
/// The losses are made in this time.
const OVER_WITHIN: Duration = Duration::from_secs(600);
/// Who is not back and caught up in this time has not come back.
pub const BACK_WITHIN: Duration = Duration::from_secs(120);

/// A run, as it went.
pub struct Run {
    pub crowd: Crowd,
    pub outages: Vec<Duration>,
    pub written: Vec<Written>,
    pub took: Duration,
    pub kept: Kept,
}

pub fn run(server: &mut Server, invoices: &[String]) -> Outcome<Run> {
    let (address, headers, database) = (server.address, server.headers.clone(), server.database());
    let mut crowd = Crowd::new(address, &headers, SOCKETS, SEED)?;
    enter(&mut crowd)?;
    let first = checks::top(&database)?;
    let desk = Desk { address, headers, next: AtomicU32::new(1), stop: AtomicBool::new(false) };
    let began = Instant::now();
    let (outages, written) = thread::scope(|scope| {
        let mut killer = Killer::start(scope, server);
        let writing: Vec<_> = invoices
            .chunks(invoices.len().div_ceil(WRITERS))
            .map(|invoices| scope.spawn(|| writers::write(&desk, invoices, PACE)))
            .collect();
        let cut = cut(&mut crowd, &mut killer, &writing);
        // Before anything else: they would go on for ever.
        desk.stop.store(true, Ordering::Relaxed);
        cut?;
        let written = come_home(&mut crowd, writing)?;
        Outcome::Ok((killer.outages, written))
    })?;
    let took = began.elapsed();
    settle(&mut crowd, &database)?;
    let kept = checks::compare(&mut crowd, &desk, &database, first, &written)?;
    Ok(Run { crowd, outages, written, took, kept })
}

/// Opens all sockets.
fn enter(crowd: &mut Crowd) -> Outcome<()> {
    let deadline = Instant::now() + BACK_WITHIN;
    while !crowd.are_in() {
        crowd.pump(false)?;
        if Instant::now() > deadline {
            return Err("not every socket was taken in".into());
        }
    }
    Ok(())
}

/// Cuts and kills until there were enough losses, and the server is up again.
fn cut(crowd: &mut Crowd, killer: &mut Killer, writing: &[ScopedJoinHandle<Outcome<Written>>]) -> Outcome<()> {
    let deadline = Instant::now() + OVER_WITHIN;
    let gap = Duration::from_secs_f64(1.0 / CUTS_PER_SECOND);
    let (mut next_cut, mut next_kill) = (Instant::now(), CUTS_TO_KILL);
    loop {
        let is_down = killer.is_down()?;
        crowd.pump(is_down)?;
        if crowd.tally.losses() >= LOSSES && !is_down {
            return Ok(());
        }
        if writing.iter().any(ScopedJoinHandle::is_finished) {
            // Only a change that was not taken ends one; what it was is told when it is joined.
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(format!("{} losses in {OVER_WITHIN:?}", crowd.tally.losses()).into());
        }
        if Instant::now() >= next_cut && crowd.tally.losses() < LOSSES {
            crowd.cut()?;
            next_cut += gap;
        }
        if crowd.tally.all_cuts() >= next_kill {
            next_kill += CUTS_TO_KILL;
            killer.kill()?;
        }
    }
}

/// Goes on reading until the publishers have been answered.
fn come_home(crowd: &mut Crowd, writing: Vec<ScopedJoinHandle<Outcome<Written>>>) -> Outcome<Vec<Written>> {
    while !writing.iter().all(ScopedJoinHandle::is_finished) {
        crowd.pump(false)?;
    }
    writing.into_iter().map(|writer| writer.join().map_err(|_| "a publisher panicked")?).collect()
}

/// Waits until every socket is back and was told the last change, or its time is over.
fn settle(crowd: &mut Crowd, database: &Path) -> Outcome<()> {
    let top = checks::top(database)?;
    let deadline = Instant::now() + BACK_WITHIN;
    while !crowd.all_stand_at(top) && Instant::now() < deadline {
        crowd.pump(false)?;
    }
    for words in crowd.behind(top) {
        crowd.ledger.lost += 1;
        crowd.ledger.find(words);
    }
    Ok(())
}
