//! Reading documents of the corpus by `ap-intake extract`: how many a second, and how well.

use super::{Outcome, server::program, table::Table};
use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

const PART: &str = "Documents read";
/// Seconds after which one reading of a kind is given up.
const TIME_LIMIT: &str = "300";

/// Adds rates and scores by kind. Without the corpus, a line that says so.
pub fn measure(table: &mut Table) -> Outcome<()> {
    let corpus = PathBuf::from(env::var_os("AP_INTAKE_CORPUS").unwrap_or_default());
    let Ok(kinds) = kinds(&corpus) else {
        table.add(PART, "skipped", "there is no corpus: AP_INTAKE_CORPUS names its folder".to_owned(), "", "");
        return Ok(());
    };
    let folder = tempfile::Builder::new().prefix("ap-intake-bench-").tempdir()?;
    let output = folder.path().join("readings.jsonl");
    let mut readings = Vec::new();
    let mut rates = BTreeMap::new();
    for (kind, files) in &kinds {
        let one = middle_rate(files, "1", &output)?;
        readings.extend(fs::read(&output)?);
        rates.insert(kind, (files.len(), one, middle_rate(files, "0", &output)?));
    }
    fs::write(&output, readings)?;
    let shares = scores(&corpus, &output)?;
    for (kind, (count, one, all)) in rates {
        let share =
            shares.get(kind).map_or("no score".to_owned(), |share| format!("{:.1} % of fields right", share * 100.0));
        table.add(
            PART,
            format!("{kind} ({count})"),
            format!("{one:.1}/s on one thread, {all:.1}/s on all; {share}"),
            "",
            "",
        );
    }
    Ok(())
}

/// The files of each kind, which are folders of the corpus.
fn kinds(corpus: &Path) -> std::io::Result<BTreeMap<String, Vec<PathBuf>>> {
    let mut kinds = BTreeMap::new();
    for folder in fs::read_dir(corpus.join("invoices"))? {
        let folder = folder?;
        let files = fs::read_dir(folder.path())?.map(|file| Ok(file?.path())).collect::<std::io::Result<Vec<_>>>()?;
        kinds.insert(folder.file_name().to_string_lossy().into_owned(), files);
    }
    Ok(kinds)
}

/// The middle of three rates.
fn middle_rate(files: &[PathBuf], threads: &str, output: &Path) -> Outcome<f64> {
    let mut rates = (0..3).map(|_| read(files, threads, output)).collect::<Outcome<Vec<f64>>>()?;
    rates.sort_by(f64::total_cmp);
    Ok(rates.swap_remove(1))
}

/// Files a second, the program's start included. A file that can not be read is an answer too: the score tells.
fn read(files: &[PathBuf], threads: &str, output: &Path) -> Outcome<f64> {
    let start = Instant::now();
    let status = Command::new("timeout")
        .args(["--kill-after=5", TIME_LIMIT])
        .arg(program()?)
        .args(["extract", "--workers", threads])
        .args(files)
        .stdout(File::create(output)?)
        .status()?;
    let seconds = start.elapsed().as_secs_f64();
    match status.code() {
        Some(0 | 1) if fs::read(output)?.iter().filter(|byte| **byte == b'\n').count() == files.len() => {
            Ok(files.len() as f64 / seconds)
        }
        _ => Err(format!("extract ended with {status}, or did not answer for every file").into()),
    }
}

/// The share of right fields by kind, as the corpus's own script counts them.
fn scores(corpus: &Path, readings: &Path) -> Outcome<BTreeMap<String, f64>> {
    let output = Command::new("timeout")
        .args(["--kill-after=5", "60", "python3"])
        .arg(corpus.join("score.py"))
        .arg(readings)
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let summary: serde_json::Value = serde_json::from_str(text.lines().last().ok_or("score.py printed nothing")?)?;
    let kinds = summary.as_object().ok_or("score.py printed no summary")?;
    Ok(kinds.iter().filter_map(|(kind, score)| Some((kind.clone(), score["share"].as_f64()?))).collect())
}
