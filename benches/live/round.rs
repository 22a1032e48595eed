//! One round: changes are published, and every socket hears each of them.

use super::{
    Outcome,
    fleet::Fleet,
    process::cpu_seconds,
    table::percentile,
    target::{Publisher, Target},
};
use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// The last change of a round is heard within this, or what is missing is told.
const HEARD_WITHIN: Duration = Duration::from_secs(60);

/// Times of one kind, sorted.
#[derive(Default)]
pub struct Times(pub Vec<Duration>);

impl Times {
    pub fn of(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        Times(times)
    }

    pub fn p(&self, share: f64) -> Duration {
        percentile(&self.0, share)
    }
}

/// What a round gave.
pub struct Round {
    /// From the first byte of the request to each arrival. The commit, and all that comes before it, is in this.
    pub since_sent: Times,
    /// From the answer to that request; nothing for what was heard before the publisher had its answer.
    pub since_answered: Times,
    /// Messages heard a second, from the first request to the last arrival.
    pub rate: f64,
    /// The server's processor time for a message heard, the change itself in it.
    pub server_cpu: Duration,
    /// The same of this program, which reads them all.
    pub client_cpu: Duration,
    /// Messages that did not come.
    pub missing: usize,
}

struct Sent {
    change: u32,
    sent: Instant,
    answered: Instant,
}

/// Publishes `changes` numbered from `first`: one each `pace` on one connection, or, without a pace, on all connections as
/// fast as they are answered.
pub fn run(target: &mut Target, fleet: &mut Fleet, first: u32, changes: u32, pace: Option<Duration>) -> Outcome<Round> {
    fleet.take_heard();
    target.refresh()?;
    let expected = fleet.len() * changes as usize;
    let cpu_before = (cpu_seconds(target.pid)?, cpu_seconds(process::id())?);
    let Target { publishers, script, .. } = target;
    let in_use = if pace.is_some() { 1 } else { publishers.len() };
    let next = AtomicU32::new(first);
    let (sent, whole) = thread::scope(|scope| {
        let publishing: Vec<_> = publishers[..in_use]
            .iter_mut()
            .map(|publisher| scope.spawn(|| publish(publisher, &next, first + changes, pace)))
            .collect();
        while publishing.iter().any(|publisher| !publisher.is_finished()) {
            fleet.pump(script, Duration::from_millis(5))?;
        }
        let whole = fleet.pump_until(script, HEARD_WITHIN, |fleet| fleet.heard() >= expected)?;
        let sent = publishing
            .into_iter()
            .map(|publisher| publisher.join().map_err(|_| "a publisher panicked")?)
            .collect::<Outcome<Vec<_>>>()?;
        Outcome::Ok((sent, whole))
    })?;
    let cpu = (cpu_seconds(target.pid)? - cpu_before.0, cpu_seconds(process::id())? - cpu_before.1);
    let missing = if whole { 0 } else { expected - fleet.heard() };
    if let Some(losses) = fleet.losses() {
        return Err(format!("{missing} messages of a round were not heard; {losses}").into());
    }
    result(fleet, sent.into_iter().flatten().collect(), cpu, missing)
}

fn publish(publisher: &mut Publisher, next: &AtomicU32, end: u32, pace: Option<Duration>) -> Outcome<Vec<Sent>> {
    let mut all = Vec::new();
    let mut due = Instant::now();
    loop {
        let change = next.fetch_add(1, Ordering::Relaxed);
        if change >= end {
            return Ok(all);
        }
        if let Some(pace) = pace {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            due += pace;
        }
        let sent = Instant::now();
        publisher.publish(change)?;
        all.push(Sent { change, sent, answered: Instant::now() });
    }
}

fn result(fleet: &mut Fleet, mut sent: Vec<Sent>, cpu: (f64, f64), missing: usize) -> Outcome<Round> {
    sent.sort_unstable_by_key(|sent| sent.change);
    let first = sent.first().map(|sent| (sent.change, sent.sent)).ok_or("nothing was published")?;
    let began = sent.iter().map(|sent| sent.sent).min().unwrap_or(first.1);
    let heard = fleet.take_heard();
    let mut since_sent = Vec::with_capacity(heard.len());
    let mut since_answered = Vec::with_capacity(heard.len());
    let mut last = began;
    for arrival in &heard {
        // Not of this round: one of a round that gave up.
        let Some(change) = arrival.change.checked_sub(first.0).and_then(|at| sent.get(at as usize)) else { continue };
        since_sent.push(arrival.at.saturating_duration_since(change.sent));
        since_answered.push(arrival.at.saturating_duration_since(change.answered));
        last = last.max(arrival.at);
    }
    let messages = since_sent.len().max(1) as f64;
    Ok(Round {
        rate: since_sent.len() as f64 / last.duration_since(began).as_secs_f64().max(1e-9),
        since_sent: Times::of(since_sent),
        since_answered: Times::of(since_answered),
        server_cpu: Duration::from_secs_f64(cpu.0 / messages),
        client_cpu: Duration::from_secs_f64(cpu.1 / messages),
        missing,
    })
}
