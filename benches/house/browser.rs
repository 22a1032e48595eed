//! What a person waits for, measured in Chromium by `benches/browser.mjs`.

use super::{Outcome, server::Server, table::Table};
use std::{env, process::Command};

const PART: &str = "In Chromium, medians";
/// Seconds after which the browser is given up.
const TIME_LIMIT: &str = "300";

/// Adds first paint, time until a button reacts, and time from a filter to its rows. Without Chromium or the npm
/// packages of the browser tests, a line that says so.
pub fn measure(server: &Server, table: &mut Table) -> Outcome<()> {
    let has_browser = env::var("CHROMIUM").is_ok_and(|path| !path.is_empty());
    if !has_browser || !std::path::Path::new("end2end/node_modules/playwright-core").is_dir() {
        table.add(PART, "skipped", "scripts/setup test installs Chromium and Playwright".to_owned(), "", "");
        return Ok(());
    }
    let output = Command::new("timeout")
        .args(["--kill-after=5", TIME_LIMIT, "node", "benches/browser.mjs"])
        .arg(format!("http://{}", server.address))
        .arg(&server.cookie)
        .output()?;
    if !output.status.success() {
        return Err(format!("benches/browser.mjs failed:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let found: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    for (what, name, aim, compared) in [
        ("largest contentful paint", "lcp", "150 ms", "188 ms"),
        ("until a button reacts", "reacts", "300 ms", "309 ms"),
        ("largest contentful paint, CPU 4 × slower", "lcp_slow", "350 ms", "344 ms"),
        ("until a button reacts, CPU 4 × slower", "reacts_slow", "800 ms", "794 ms"),
        ("filter clicked → rows painted", "filter", "< 81 ms", "81 ms"),
    ] {
        let times = found[name].as_array().ok_or_else(|| format!("benches/browser.mjs gave no {name}"))?;
        let mut times: Vec<f64> = times.iter().filter_map(serde_json::Value::as_f64).collect();
        times.sort_by(f64::total_cmp);
        let [Some(least), Some(middle), Some(most)] =
            [0, times.len() / 2, times.len().saturating_sub(1)].map(|at| times.get(at))
        else {
            return Err(format!("benches/browser.mjs gave no {name}").into());
        };
        let ours = format!("{middle:.0} ms ({least:.0}–{most:.0}, {} runs)", times.len());
        table.add(PART, what, ours, aim, compared);
    }
    Ok(())
}
