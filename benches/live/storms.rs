//! What goes wrong on ordinary days: everybody connects at once, everybody comes back at once and has missed
//! something, and some do not read.

use super::{
    Outcome,
    curve::times,
    fleet::{Fleet, Script},
    process::{Resident, cpu_seconds},
    round::Times,
    sheet::Sheet,
    table::ms,
    target::{ROOM, Target},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The most events that a server replays (PROTOCOL.md).
const WHOLE_REPLAY: u32 = 300;
/// Sockets that ask for all of it, one after the other.
const REPLAYS: usize = 200;
/// What everybody missed when all come back at once.
const MISSED: u32 = 20;
const WITHIN: Duration = Duration::from_secs(60);
/// Sockets that stop reading, beside as many that do not.
const SLOW: usize = 50;
/// For how long: less than the server waits for one frame to be taken.
const SLOW_TIME: Duration = Duration::from_secs(8);

/// Opens all sockets in one go, on any of the servers: a row.
pub fn connect(target: &Target, sockets: usize, sheet: &mut Sheet) -> Outcome<()> {
    let cpu_before = cpu_seconds(target.pid)?;
    let mut fleet = Fleet::new(target.address)?;
    let began = Instant::now();
    fleet.open(&target.script, sockets, sockets, WITHIN)?;
    let took = began.elapsed();
    let cpu = Duration::from_secs_f64((cpu_seconds(target.pid)? - cpu_before) / sockets as f64);
    row(sheet, format!("{sockets} connect at once, {}", target.name), &Times::of(fleet.times_to_join(0)), took, cpu);
    Ok(())
}

/// One after the other comes back and has missed as much as is ever replayed; then everybody at once, a little.
pub fn replay(target: &mut Target, sizes: &[usize], first: u32, sheet: &mut Sheet) -> Outcome<()> {
    for change in first..first + WHOLE_REPLAY {
        target.publishers[0].publish(change)?;
    }
    let (epoch, top) = position(target)?;
    let behind = |missed: u32| resume(&target.script, &epoch, top - i64::from(missed));

    let script = behind(WHOLE_REPLAY);
    let cpu_before = cpu_seconds(target.pid)?;
    let began = Instant::now();
    let mut fleet = Fleet::new(target.address)?;
    for place in 0..REPLAYS {
        fleet.open(&script, 1, 1, WITHIN)?;
        hear(&mut fleet, &script, place + 1, WHOLE_REPLAY)?;
    }
    let (took, all) = (began.elapsed(), Times::of(fleet.times_to_last(0)));
    let cpu = Duration::from_secs_f64((cpu_seconds(target.pid)? - cpu_before) / REPLAYS as f64);
    row(
        sheet,
        format!("{WHOLE_REPLAY} events replayed, one socket after the other (aim: p99 100 ms)"),
        &all,
        took,
        cpu,
    );

    for (sockets, missed) in sizes.iter().map(|size| (*size, MISSED)).chain([(1_000, WHOLE_REPLAY)]) {
        let script = behind(missed);
        let cpu_before = cpu_seconds(target.pid)?;
        let began = Instant::now();
        let mut fleet = Fleet::new(target.address)?;
        fleet.open(&script, sockets, sockets, WITHIN)?;
        hear(&mut fleet, &script, sockets, missed)?;
        let (took, all) = (began.elapsed(), Times::of(fleet.times_to_last(0)));
        let cpu = Duration::from_secs_f64((cpu_seconds(target.pid)? - cpu_before) / sockets as f64);
        row(sheet, format!("{sockets} come back at once, {missed} events each"), &all, took, cpu);
    }
    Ok(())
}

/// Waits until so many sockets have heard so many changes.
fn hear(fleet: &mut Fleet, script: &Script, sockets: usize, changes: u32) -> Outcome<()> {
    // To count them each time is cheap beside what it waits for only if it is seldom done.
    let expected = sockets * changes as usize;
    if fleet.pump_until(script, WITHIN, |fleet| fleet.heard() >= expected)? && fleet.fewest_heard() >= changes {
        return Ok(());
    }
    let missing = expected.saturating_sub(fleet.heard());
    Err(format!("{missing} of {expected} replayed events did not come; the last welcome: {}", fleet.welcome()).into())
}

/// Where the room stands.
fn position(target: &Target) -> Outcome<(String, i64)> {
    let mut fleet = Fleet::new(target.address)?;
    fleet.open(&target.script, 1, 1, WITHIN)?;
    let words: Value = serde_json::from_str(fleet.welcome())?;
    let all = words.as_array().cloned().unwrap_or_else(|| vec![words.clone()]);
    let subscribed = all.iter().find(|message| message["type"] == "subscribed").ok_or("no position was told")?;
    let epoch = subscribed["epoch"].as_str().ok_or("no epoch")?.to_owned();
    Ok((epoch, subscribed["offset"].as_i64().ok_or("no offset")?))
}

/// Like `script`, from where a client was.
fn resume(script: &Script, epoch: &str, offset: i64) -> Script {
    let hello = json!({ "type": "hello", "proto": 1, "resume": [{ "room": ROOM, "epoch": epoch, "offset": offset }] });
    let steps = vec![("", hello.to_string()), (r#""recovered":true"#, String::new())];
    Script { steps, ..script.clone() }
}

fn row(sheet: &mut Sheet, what: String, all: &Times, took: Duration, cpu: Duration) {
    sheet.add(vec![what, times(all), format!("{:.2} s", took.as_secs_f64()), ms(cpu)]);
}

/// Half of the sockets stop reading while long messages go out; the others must hear everything as before. Then they
/// read on, and are told that they were too slow.
pub fn slow_readers(target: &mut Target, first: u32, sheet: &mut Sheet) -> Outcome<()> {
    let script = target.script.clone();
    let mut fleet = Fleet::new(target.address)?;
    fleet.open(&script, 2 * SLOW, 2 * SLOW, WITHIN)?;
    fleet.pause(SLOW)?;
    let before = Resident::of(target.pid).own;
    let (mut peak, mut times_to_all) = (before, Vec::new());
    let until = Instant::now() + SLOW_TIME;
    let mut change = first;
    while Instant::now() < until {
        let sent = Instant::now();
        let heard = fleet.heard() + SLOW;
        target.publishers[0].publish_long(change)?;
        if !fleet.pump_until(&script, WITHIN, |fleet| fleet.heard() >= heard)? {
            return Err("the readers that keep up did not hear everything".into());
        }
        times_to_all.push(sent.elapsed());
        if change.is_multiple_of(50) {
            peak = peak.max(Resident::of(target.pid).own);
        }
        change += 1;
    }
    fleet.resume(SLOW)?;
    fleet.pump_until(&script, WITHIN, |fleet| fleet.closed() >= SLOW)?;
    let fate = format!("{} of {SLOW} told \"slow\", {} closed", fleet.sent_away("slow"), fleet.closed());
    let cost = format!("{:.1} MB more memory at most", peak.saturating_sub(before) as f64 / 1e6);
    let what = format!(
        "{SLOW} sockets do not read while {} long changes go out; sent → heard by all of {SLOW} others",
        change - first
    );
    sheet.add(vec![what, times(&Times::of(times_to_all)), fate, cost]);
    Ok(())
}
