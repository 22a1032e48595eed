//! The rows of the table, with what is aimed at.

use super::{
    super::{Outcome, round::Times, sheet::Sheet, table::ms},
    cuts::{self, BACK_WITHIN, Run},
    durable::{EDITORS, LISTENERS},
    ghosts::{GHOSTS, Way},
};
use std::time::Duration;

fn row(sheet: &mut Sheet, what: impl Into<String>, measured: String, aim: &str) {
    sheet.add(vec![what.into(), measured, aim.to_owned()]);
}

/// p50, p95, p99 and the longest.
fn times(times: &Times) -> String {
    [0.5, 0.95, 0.99, 1.0].map(|share| ms(times.p(share))).join(" / ")
}

fn sorted(times: &[Duration]) -> Times {
    Times::of(times.to_vec())
}

pub fn edits(sheet: &mut Sheet, edits: &Times) {
    let what = format!(
        "an edit is durable: `mutate` → `mutation_result`, {} edits from {EDITORS} sockets, {LISTENERS} listen; \
         p50 / p95 / p99 / longest",
        edits.0.len()
    );
    row(sheet, what, times(edits), "p95 ≤ 50 ms");
}

pub fn ghosts(sheet: &mut Sheet, ghosts: &[(Way, Times)]) {
    for (way, seen) in ghosts {
        let (how, aim) = match way {
            Way::Says => ("it says that it leaves", "≤ 6 s"),
            Way::Closes => ("a close frame", "≤ 6 s"),
            Way::Killed => ("its process is killed (half end, half are reset)", "≤ 30 s"),
            Way::Silent => ("silent on an open connection, since its last word", "≤ 30 s"),
        };
        let seconds = |share| format!("{:.2} s", seen.p(share).as_secs_f64());
        let what = format!("somebody gone is still seen, {GHOSTS} sockets, {how}; p50 / longest");
        row(sheet, what, format!("{} / {}", seconds(0.5), seconds(1.0)), aim);
    }
}

pub fn cuts(sheet: &mut Sheet, run: &Run) {
    done(sheet, run);
    returns(sheet, run);
    lost(sheet, run);
}

/// What was done to the sockets.
fn done(sheet: &mut Sheet, run: &Run) {
    let tally = &run.crowd.tally;
    let kinds: Vec<String> = tally.cuts.iter().map(|(cut, count)| format!("{count} {}", cut.words())).collect();
    let took = run.took.as_secs_f64();
    row(
        sheet,
        format!("losses of a connection, seed {}, {took:.0} s", cuts::SEED),
        tally.losses().to_string(),
        "≥ 10000",
    );
    row(sheet, "  cuts", format!("{}: {}", tally.all_cuts(), kinds.join(", ")), "");
    let outages = sorted(&run.outages);
    let down = format!("{}, not ready for {} / {}", run.outages.len(), ms(outages.p(0.5)), ms(outages.p(1.0)));
    row(sheet, "  `kill -9` of the server; p50 / longest", down, "20");
    row(sheet, "  open sockets that lost their server by it", tally.lost_server.to_string(), "");
    row(sheet, "  events heard, all sockets", run.crowd.ledger.heard.to_string(), "");
}

/// How they came back.
fn returns(sheet: &mut Sheet, run: &Run) {
    let tally = &run.crowd.tally;
    let unfinished = run.crowd.returning();
    let all = tally.returns() + unfinished;
    let in_time = |times: &[Duration]| times.iter().filter(|time| **time <= BACK_WITHIN).count();
    let back = in_time(&tally.after_cuts) + in_time(&tally.after_kills);
    let share = |part: usize| format!("{:.2} % ({part} of {all})", 100.0 * part as f64 / all.max(1) as f64);
    row(sheet, "returns caught up within 2 minutes", share(back), "≥ 99 %");
    let replayed = back.saturating_sub(tally.told_to_load);
    row(sheet, "  by being told all that they missed", share(replayed), "");
    let spared = format!("{}, {} events behind together", tally.told_to_load, tally.spared);
    row(sheet, "  told to load again (more than 300 events behind)", spared, "");
    row(sheet, "  cut again on the way, counted by their last try", tally.cut_on_the_way.to_string(), "");
    row(sheet, "first try → caught up, after a cut; p50 / p95 / p99 / longest", times(&sorted(&tally.after_cuts)), "");
    row(sheet, "the same after a kill, the wait for the server in it", times(&sorted(&tally.after_kills)), "");
    row(sheet, "tries that nobody answered, the server being down", tally.unanswered.to_string(), "");
    if tally.resets > 0 {
        row(sheet, "`reset` heard", tally.resets.to_string(), "0");
    }
    for (words, count) in &tally.refusals {
        row(sheet, format!("the server by itself: {words}"), count.to_string(), "0");
    }
}

/// What is not as it was promised.
fn lost(sheet: &mut Sheet, run: &Run) {
    let (ledger, kept) = (&run.crowd.ledger, &run.kept);
    row(sheet, "events lost unseen", ledger.lost.to_string(), "0");
    row(sheet, "events told twice", ledger.copies.to_string(), "0");
    let answered: usize = run.written.iter().map(|written| written.answered.len()).sum();
    let repeated: usize = run.written.iter().map(|written| written.repeated).sum();
    let changes = format!("{} of {answered} ({repeated} asked more than once)", kept.missing);
    row(sheet, "answered changes that nobody heard or nobody keeps", changes, "0");
    let log = format!("{} in {} events", kept.gaps, kept.logged);
    row(sheet, "gaps in the log, and differences from what was heard", log, "0");
}

/// Fails if anything was lost.
pub fn verdict(run: &Run) -> Outcome<()> {
    let findings = &run.crowd.ledger.findings;
    if findings.is_empty() {
        return Ok(());
    }
    Err(format!("{} findings, the first of them:\n  {}", findings.len(), findings.join("\n  ")).into())
}
