//! `ap-intake extract` on files: child processes with their limits, as in the server.

use super::{
    super::{Outcome, server::program},
    Run, TIME_LIMIT,
};
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// Reads them with so many workers (0 is one a core), the program's start included. A file's time is from the answer
/// before its own to its own, which with one worker is what it takes. A file that can not be read is an answer too: the
/// score tells.
pub fn program_reads(files: &[PathBuf], workers: &str, output: &Path) -> Outcome<Run> {
    let start = Instant::now();
    let mut child = Command::new("timeout")
        .args(["--kill-after=5", TIME_LIMIT])
        .arg(program()?)
        .args(["extract", "--workers", workers])
        .args(files)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let lines = BufReader::new(child.stdout.take().ok_or("extract has no output")?).lines();
    let mut file = File::create(output)?;
    let (mut times, mut before) = (Vec::new(), start);
    for line in lines {
        writeln!(file, "{}", line?)?;
        let now = Instant::now();
        times.push(now - before);
        before = now;
    }
    let seconds = start.elapsed().as_secs_f64();
    let status = child.wait()?;
    if !matches!(status.code(), Some(0 | 1)) || times.len() != files.len() {
        return Err(format!("extract ended with {status} after {} of {} files", times.len(), files.len()).into());
    }
    times.sort();
    Ok(Run { files: files.len(), seconds, times })
}

/// How many pages the document of an answer has; none for XML.
pub fn pages(answer: &str) -> usize {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
    answer["pages"].as_u64().and_then(|pages| usize::try_from(pages).ok()).unwrap_or(0)
}
