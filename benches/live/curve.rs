//! The curve: more and more sockets in one room; how soon each change is heard, and what it costs.

use super::{
    Outcome,
    fleet::Fleet,
    process::Resident,
    round::{self, Round},
    sheet::Sheet,
    table::ms,
    target::Target,
};
use std::time::{Duration, Instant};

/// Messages that a paced round asks for in a second: few enough for every server here.
const PACED_RATE: usize = 10_000;
/// Changes of a paced round, and its length at most.
const PACED_CHANGES: (u32, u32) = (20, 200);
const PACED_TIME: Duration = Duration::from_secs(10);
/// Messages of a round as fast as it goes; the number of changes is the same for each server.
const FAST_MESSAGES: usize = 200_000;
const FAST_CHANGES: (u32, u32) = (20, 2_000);
/// Sockets that are opened at the same time; storms are measured elsewhere.
const AT_ONCE: usize = 200;
const OPEN_WITHIN: Duration = Duration::from_secs(60);
/// Changes published until everybody has heard one: a room of Socket.IO does not say when one is in it.
const WARM_UPS: u32 = 200;
/// After the sockets are open, before memory is read.
const SETTLE: Duration = Duration::from_secs(3);

/// What one server did with so many sockets.
pub struct Point {
    pub server: &'static str,
    pub sockets: usize,
    /// Resident memory that each socket added while nothing was said.
    pub memory: Option<u64>,
    pub paced: Round,
    pub fast: Round,
}

/// Measures a server at each number of sockets, smallest first. Where it gives out, the reason, and no more points.
pub fn measure(target: &mut Target, sizes: &[usize], points: &mut Vec<Point>) -> Outcome<(Option<String>, Fleet)> {
    let mut fleet = Fleet::new(target.address)?;
    let mut first = 0;
    for size in sizes {
        match point(target, &mut fleet, *size, &mut first) {
            Ok(point) => {
                eprintln!("  {} with {size} sockets: {}", target.name, in_short(&point));
                points.push(point);
            }
            Err(error) => {
                return Ok((Some(format!("{} gave out on the way to {size} sockets: {error}", target.name)), fleet));
            }
        }
    }
    Ok((None, fleet))
}

fn in_short(point: &Point) -> String {
    let memory = point.memory.map_or("-".to_owned(), kb);
    format!(
        "{}; {} a socket; fast {}, {}",
        since_sent(&point.paced),
        memory,
        rate(&point.fast),
        us(point.fast.server_cpu)
    )
}

fn point(target: &mut Target, fleet: &mut Fleet, size: usize, first: &mut u32) -> Outcome<Point> {
    let more = size - fleet.len();
    let before = Resident::of(target.pid).own;
    fleet.open(&target.script, more, AT_ONCE, OPEN_WITHIN)?;
    settle(target, fleet)?;
    let after = Resident::of(target.pid).own;
    target.refresh()?;
    *first = warm_up(target, fleet, *first)?;

    let pace = Duration::from_secs_f64((size as f64 / PACED_RATE as f64).max(0.05));
    let changes = ((PACED_TIME.as_secs_f64() / pace.as_secs_f64()) as u32).clamp(PACED_CHANGES.0, PACED_CHANGES.1);
    let paced = round::run(target, fleet, *first, changes, Some(pace))?;
    *first += changes;

    let changes = ((FAST_MESSAGES / size) as u32).clamp(FAST_CHANGES.0, FAST_CHANGES.1);
    let fast = round::run(target, fleet, *first, changes, None)?;
    *first += changes;
    let memory = after.checked_sub(before).map(|bytes| bytes / more.max(1) as u64);
    Ok(Point { server: target.name, sockets: size, memory, paced, fast })
}

fn settle(target: &Target, fleet: &mut Fleet) -> Outcome<()> {
    let until = Instant::now() + SETTLE;
    fleet.pump_until(&target.script, SETTLE, |_| Instant::now() >= until)?;
    Ok(())
}

/// Publishes until every socket has heard one change more; the next change's number.
fn warm_up(target: &mut Target, fleet: &mut Fleet, first: u32) -> Outcome<u32> {
    let before = fleet.fewest_heard();
    for change in first..first + WARM_UPS {
        let place = change as usize % target.publishers.len();
        target.publishers[place].publish(change)?;
        if fleet.pump_until(&target.script, Duration::from_secs(2), |fleet| fleet.fewest_heard() > before)? {
            return Ok(change + 1);
        }
    }
    Err(format!("not every socket heard one of {WARM_UPS} changes").into())
}

/// A table for each number of sockets.
pub fn sheets(sizes: &[usize], points: &[Point]) -> Vec<Sheet> {
    sizes.iter().filter_map(|size| sheet(*size, points)).collect()
}

fn sheet(size: usize, points: &[Point]) -> Option<Sheet> {
    let points: Vec<&Point> = points.iter().filter(|point| point.sockets == size).collect();
    let head: Vec<&str> = std::iter::once("measure").chain(points.iter().map(|point| point.server)).collect();
    let mut sheet = Sheet::new(format!("{size} sockets in one room"), &[&head[..], &["ours : theirs", "aim"]].concat());
    let (ours, _) = points.split_first()?;
    let mut add = |what: String, text: &dyn Fn(&Point) -> String, ratio: &dyn Fn(&Point) -> f64, aim: &str| {
        let ratios: Vec<String> =
            points[1..].iter().map(|peer| format!("{:.2}", ratio(ours) / ratio(peer).max(1e-12))).collect();
        let cells = points.iter().map(|point| text(point));
        sheet.add(std::iter::once(what).chain(cells).chain([ratios.join(", "), aim.to_owned()]).collect());
    };
    let (paced_aim, fast_aim) = aims(size);
    let p99 = |round: &Round| round.since_sent.p(0.99).as_secs_f64();
    add(
        format!("paced: sent → heard ({})", pace(&ours.paced)),
        &|p| since_sent(&p.paced),
        &|p| p99(&p.paced),
        paced_aim,
    );
    let answered = |p: &Point| p.paced.since_answered.p(0.99).as_secs_f64();
    add("paced: answered → heard".into(), &|p| times(&p.paced.since_answered), &answered, "");
    add("paced: server CPU a message".into(), &|p| us(p.paced.server_cpu), &|p| p.paced.server_cpu.as_secs_f64(), "");
    add("fast: messages a second".into(), &|p| rate(&p.fast), &|p| p.fast.rate, fast_aim[0]);
    add("fast: sent → heard".into(), &|p| since_sent(&p.fast), &|p| p99(&p.fast), fast_aim[1]);
    add(
        "fast: server CPU a message".into(),
        &|p| us(p.fast.server_cpu),
        &|p| p.fast.server_cpu.as_secs_f64(),
        fast_aim[2],
    );
    add(
        "fast: the client's CPU a message".into(),
        &|p| us(p.fast.client_cpu),
        &|p| p.fast.client_cpu.as_secs_f64(),
        "",
    );
    let memory = |p: &Point| p.memory.map_or("-".to_owned(), kb);
    add("memory a socket, idle".into(), &memory, &|p| p.memory.unwrap_or(0) as f64, "≤ 20 KB");
    Some(sheet)
}

/// Aims of the paced time, and of the fast round's rate, time and cost.
fn aims(size: usize) -> (&'static str, [&'static str; 3]) {
    let fast = ["≥ 3, 3", "< 1, 1", "≤ 0.10, 0.20"];
    match size {
        ..=1_000 => ("p50 10 ms, p99 50 ms", fast),
        _ => ("p99 150 ms", fast),
    }
}

fn pace(round: &Round) -> String {
    format!("{} messages", round.since_sent.0.len() + round.missing)
}

fn since_sent(round: &Round) -> String {
    let missing = if round.missing == 0 { String::new() } else { format!(", {} LOST", round.missing) };
    times(&round.since_sent) + &missing
}

/// p50, p99 and p99.9.
pub fn times(times: &round::Times) -> String {
    [0.5, 0.99, 0.999].map(|share| ms(times.p(share))).join(" / ")
}

fn rate(round: &Round) -> String {
    format!("{:.0}/s", round.rate)
}

fn us(time: Duration) -> String {
    format!("{:.2} µs", time.as_secs_f64() * 1e6)
}

/// Thousands of bytes.
pub fn kb(bytes: u64) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
