//! Load: some connections that each ask again as soon as they are answered, for a fixed time.

use super::{Outcome, http::Client, process::cpu_seconds, server::Server, table::percentile};
use std::{
    thread,
    time::{Duration, Instant},
};

/// How long one round lasts.
const ROUND: Duration = Duration::from_secs(4);
/// The round in the middle (by rate) is the one that counts.
const ROUNDS: usize = 3;
/// Before the first round, so that caches and pools are as in use.
const WARM_UP: Duration = Duration::from_secs(1);

/// What one round gave.
pub struct Load {
    /// Answers a second.
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
    /// The server's processor time for one answer.
    pub cpu: Duration,
}

/// Asks for `path` over `connections` connections, each with these header lines, and gives the middle one of three
/// rounds. Every answer must be 200 and contain `marker`.
pub fn load(server: &Server, path: &str, headers: &[String], connections: usize, marker: &str) -> Outcome<Load> {
    let answer = Client::connect(server.address, &server.headers)?.get(path)?.expect(200)?;
    if !answer.text().contains(marker) {
        return Err(format!("{path} does not hold {marker}").into());
    }
    round(server, path, headers, connections, WARM_UP)?;
    let mut rounds =
        (0..ROUNDS).map(|_| round(server, path, headers, connections, ROUND)).collect::<Outcome<Vec<Load>>>()?;
    rounds.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    Ok(rounds.swap_remove(ROUNDS / 2))
}

fn round(server: &Server, path: &str, headers: &[String], connections: usize, length: Duration) -> Outcome<Load> {
    let cpu_before = cpu_seconds(server.pid())?;
    let start = Instant::now();
    let times = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..connections).map(|_| scope.spawn(move || ask(server, path, headers, start + length))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().map_err(|_| "a connection panicked")?)
            .collect::<Outcome<Vec<_>>>()
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let cpu = cpu_seconds(server.pid())? - cpu_before;
    let mut times: Vec<Duration> = times.into_iter().flatten().collect();
    times.sort_unstable();
    let answers = times.len().max(1) as f64;
    Ok(Load {
        rate: times.len() as f64 / seconds,
        p50: percentile(&times, 0.5),
        p99: percentile(&times, 0.99),
        cpu: Duration::from_secs_f64(cpu / answers),
    })
}

fn ask(server: &Server, path: &str, headers: &[String], until: Instant) -> Outcome<Vec<Duration>> {
    let mut client = Client::connect(server.address, headers)?;
    let mut times = Vec::with_capacity(16 * 1024);
    loop {
        let start = Instant::now();
        if start >= until {
            return Ok(times);
        }
        client.get(path)?.expect(200)?;
        times.push(start.elapsed());
    }
}
