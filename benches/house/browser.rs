//! What a person waits for, measured in Chromium by `benches/browser.mjs` and `benches/review.mjs`.

use super::{
    Outcome,
    server::Server,
    table::{Table, percentile},
    uploads,
};
use serde_json::Value;
use std::{env, path::Path, process::Command};

/// Seconds after which the browser is given up.
const TIME_LIMIT: &str = "300";

/// One measure of a script: its name there, what it is called here, its aim, what it is compared with.
type Measure = (&'static str, &'static str, &'static str, &'static str);

const DASHBOARD: [Measure; 5] = [
    ("lcp", "largest contentful paint", "150 ms", "188 ms"),
    ("reacts", "until a button reacts", "300 ms", "309 ms"),
    ("lcp_slow", "largest contentful paint, CPU 4 × slower", "350 ms", "344 ms"),
    ("reacts_slow", "until a button reacts, CPU 4 × slower", "800 ms", "794 ms"),
    ("filter", "filter clicked → rows painted", "< 81 ms", "81 ms"),
];

const REVIEW: [Measure; 4] = [
    ("lcp", "largest contentful paint", "250 ms", ""),
    ("reacts", "until a key reacts", "400 ms", ""),
    ("lcp_slow", "largest contentful paint, CPU 4 × slower", "600 ms", ""),
    ("reacts_slow", "until a key reacts, CPU 4 × slower", "1000 ms", ""),
];

const REVIEW_P95: [Measure; 3] = [
    ("next", "next invoice asked for → its values painted", "p95 150 ms", ""),
    ("picture", "next invoice asked for → its page painted", "p95 300 ms", ""),
    ("key", "key pressed → painted, in a form with 200 lines", "p95 50 ms", ""),
];

/// Adds first paint, time until a button reacts, and time from a filter to its rows; and of the review page also how it
/// goes on to the next invoice and how it takes what is typed. Without Chromium or the npm packages of the browser tests,
/// a line that says so.
pub fn measure(server: &Server, table: &mut Table) -> Outcome<()> {
    let part = "Dashboard in Chromium, medians";
    let has_browser = env::var("CHROMIUM").is_ok_and(|path| !path.is_empty());
    if !has_browser || !Path::new("end2end/node_modules/playwright-core").is_dir() {
        table.add(part, "skipped", "scripts/setup test installs Chromium and Playwright".to_owned(), "", "");
        return Ok(());
    }
    let found = run(server, "benches/browser.mjs")?;
    for measure in DASHBOARD {
        add(table, part, &found, measure, median)?;
    }
    // Documents with pages.
    (0..2).try_for_each(|place| uploads::upload_some(server, 100 + place))?;
    let found = run(server, "benches/review.mjs")?;
    for measure in REVIEW {
        add(table, "Review page in Chromium, medians", &found, measure, median)?;
    }
    for measure in REVIEW_P95 {
        add(table, "Review page in Chromium, p95", &found, measure, p95)?;
    }
    let most = values(&found, "shift")?.last().copied().unwrap_or_default();
    table.add("Review page in Chromium, p95", "layout shift, most of all loads", format!("{most:.4}"), "0", "");
    Ok(())
}

fn run(server: &Server, script: &str) -> Outcome<Value> {
    let output = Command::new("timeout")
        .args(["--kill-after=5", TIME_LIMIT, "node", script])
        .arg(format!("http://{}", server.address))
        .arg(&server.cookie)
        .output()?;
    if !output.status.success() {
        return Err(format!("{script} failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn add(
    table: &mut Table,
    part: &'static str,
    found: &Value,
    (name, what, aim, compared): Measure,
    told: fn(&[f64]) -> String,
) -> Outcome<()> {
    table.add(part, what, told(&values(found, name)?), aim, compared);
    Ok(())
}

/// What the script measured, smallest first.
fn values(found: &Value, name: &str) -> Outcome<Vec<f64>> {
    let all = found[name].as_array().ok_or_else(|| format!("the script gave no {name}"))?;
    let mut all: Vec<f64> = all.iter().filter_map(Value::as_f64).collect();
    all.sort_by(f64::total_cmp);
    if all.is_empty() { Err(format!("the script gave no {name}").into()) } else { Ok(all) }
}

fn median(times: &[f64]) -> String {
    let (least, most) = (percentile(times, 0.0), percentile(times, 1.0));
    format!("{:.0} ms ({least:.0}–{most:.0}, {} runs)", percentile(times, 0.5), times.len())
}

fn p95(times: &[f64]) -> String {
    let [p50, p95, most] = [0.5, 0.95, 1.0].map(|share| percentile(times, share));
    format!("{p95:.0} ms (p50 {p50:.0}, longest {most:.0}, {} runs)", times.len())
}
