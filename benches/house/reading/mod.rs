//! Reading the documents of the corpus: how well, how fast, and what it means when a value is called sure. Beside other
//! programs that read such documents, run in the same call on the same files.

mod calibration;
mod ours;
mod peers;

use super::{
    Outcome,
    sheet::Sheet,
    table::{ms, percentile},
};
use ours::program_reads;
use peers::{Peer, Peers};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// Documents of a kind are given again and again until there are so many, where reading one takes milliseconds: the
/// program's start would be most of the time else.
const AT_LEAST: usize = 2_000;
/// Pages of these take a second each.
const SLOW_KIND: &str = "scan_image";
/// Seconds after which reading a kind is given up.
const TIME_LIMIT: &str = "900";

/// How a program read the documents of one kind.
pub struct Run {
    pub files: usize,
    pub seconds: f64,
    /// Of each file, sorted.
    pub times: Vec<Duration>,
}

impl Run {
    fn rate(&self) -> String {
        rate(self.files as f64 / self.seconds)
    }

    fn percentiles(&self) -> String {
        format!("{} / {}", ms(percentile(&self.times, 0.5)), ms(percentile(&self.times, 0.99)))
    }
}

fn rate(a_second: f64) -> String {
    match a_second {
        slow if slow < 10.0 => format!("{slow:.2}/s"),
        fast => format!("{fast:.0}/s"),
    }
}

/// Prints its tables as it goes: reading scans takes minutes.
pub fn measure() -> Outcome<()> {
    let corpus = PathBuf::from(env::var_os("AP_INTAKE_CORPUS").unwrap_or_default());
    let Ok(kinds) = kinds(&corpus) else {
        println!("\nReading: skipped, there is no corpus (AP_INTAKE_CORPUS names its folder)");
        return Ok(());
    };
    let peers = Peers::installed();
    let folder = tempfile::Builder::new().prefix("ap-intake-bench-").tempdir()?;
    let mut table = Sheet::new(
        "Documents read: right and fast",
        &["kind", "read by", "fields right", "lines, F1", "one worker", "all cores", "p50 / p99, one worker"],
    );
    let mut all_readings = Vec::new();
    for (kind, files) in &kinds {
        eprintln!("measuring: reading {kind}");
        let output = folder.path().join("readings.jsonl");
        table.add(our_row(&corpus, kind, files, &output)?);
        all_readings.extend(fs::read(&output)?);
        for peer in peers.iter().filter(|peer| peer.kinds.contains(&kind.as_str())) {
            table.add(peer_row(&corpus, kind, files, peer, &output)?);
        }
    }
    println!("{table}");
    let readings = folder.path().join("all.jsonl");
    fs::write(&readings, all_readings)?;
    calibration::print(&corpus, &readings)
}

/// The files of each kind, which are folders of the corpus.
fn kinds(corpus: &Path) -> std::io::Result<BTreeMap<String, Vec<PathBuf>>> {
    let mut kinds = BTreeMap::new();
    for folder in fs::read_dir(corpus.join("invoices"))? {
        let folder = folder?;
        let mut files =
            fs::read_dir(folder.path())?.map(|file| Ok(file?.path())).collect::<std::io::Result<Vec<_>>>()?;
        files.sort();
        kinds.insert(folder.file_name().to_string_lossy().into_owned(), files);
    }
    Ok(kinds)
}

fn our_row(corpus: &Path, kind: &str, files: &[PathBuf], output: &Path) -> Outcome<Vec<String>> {
    let one = program_reads(&again(kind, files), "1", output)?;
    let all = program_reads(&again(kind, files), "0", output)?;
    // What is scored and judged is each document once.
    let text = fs::read_to_string(output)?;
    let once: Vec<&str> = text.lines().take(files.len()).collect();
    let pages: usize = once.iter().map(|line| ours::pages(line)).sum();
    fs::write(output, once.join("\n") + "\n")?;
    let name = format!("{kind} ({}, {pages} pages)", files.len());
    let name = if pages == 0 { format!("{kind} ({})", files.len()) } else { name };
    let speed = |run: &Run| match kind {
        SLOW_KIND => format!("{}, {:.2} s a page", run.rate(), run.seconds / pages.max(1) as f64),
        _ => run.rate(),
    };
    let score = score(corpus, kind, output)?;
    // A scan's pages are read while the one before it still is: its answer comes too soon after that one's to tell.
    let times = if kind == SLOW_KIND { String::new() } else { one.percentiles() };
    Ok(vec![name, "AP Intake".to_owned(), score.0, score.1, speed(&one), speed(&all), times])
}

fn peer_row(corpus: &Path, kind: &str, files: &[PathBuf], peer: &Peer, output: &Path) -> Outcome<Vec<String>> {
    let one = peer.reads(files, 1, output)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let all = peer.reads(files, cores, output)?;
    let score = score(corpus, kind, output)?;
    Ok(vec![String::new(), peer.title.clone(), score.0, score.1, one.rate(), all.rate(), one.percentiles()])
}

/// The files, and again from the first until there are enough.
fn again(kind: &str, files: &[PathBuf]) -> Vec<PathBuf> {
    let count = if kind == SLOW_KIND { files.len() } else { files.len().max(AT_LEAST) };
    files.iter().cycle().take(count).cloned().collect()
}

/// The shares of right fields and of right lines of a kind, as the corpus's own script counts them.
fn score(corpus: &Path, kind: &str, readings: &Path) -> Outcome<(String, String)> {
    let output = Command::new("timeout")
        .args(["--kill-after=5", "60", "python3", "-B"])
        .arg(corpus.join("score.py"))
        .arg(readings)
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let summary: serde_json::Value = serde_json::from_str(text.lines().last().ok_or("score.py printed nothing")?)?;
    let per_cent = |name: &str| summary[kind][name].as_f64().map_or(String::new(), |it| format!("{:.1} %", it * 100.0));
    Ok((per_cent("share"), per_cent("lines_f1")))
}
