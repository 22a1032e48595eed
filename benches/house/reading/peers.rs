//! Libraries that others read such documents with, from the Python package index; `benches/run` installs them.

use super::{super::Outcome, Run, TIME_LIMIT};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// What each can read: the name in `benches/reading/peers.py`, the package, kinds of documents.
const KNOWN: [(&str, &str, &[&str]); 2] =
    [("invoice2data", "invoice2data", &["text_pdf"]), ("facturx", "factur-x", &["cii", "facturx_pdf", "ubl"])];

pub struct Peer {
    name: &'static str,
    /// With its version.
    pub title: String,
    pub kinds: &'static [&'static str],
    python: PathBuf,
}

/// Those that are installed.
pub struct Peers(Vec<Peer>);

impl Peers {
    pub fn installed() -> Peers {
        let python = PathBuf::from(env::var_os("AP_INTAKE_READING_PEERS").unwrap_or_default()).join("bin/python");
        let peers = KNOWN.iter().filter_map(|(name, package, kinds)| {
            let title = format!("{package} {}", version(&python, package)?);
            Some(Peer { name, title, kinds, python: python.clone() })
        });
        Peers(peers.collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.0.iter()
    }
}

fn version(python: &Path, package: &str) -> Option<String> {
    let code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))";
    let output = Command::new(python).args(["-c", code, package]).output().ok().filter(|out| out.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

impl Peer {
    /// Reads the files in this many processes. Unlike ours, its start is not counted.
    pub fn reads(&self, files: &[PathBuf], workers: usize, output: &Path) -> Outcome<Run> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/reading/peers.py");
        let done = Command::new("timeout")
            .args(["--kill-after=5", TIME_LIMIT])
            .arg(&self.python)
            .arg("-B")
            .arg(script)
            .args([self.name, &workers.to_string()])
            .arg(output)
            .args(files)
            .output()?;
        if !done.status.success() {
            return Err(format!("{}: {}", self.title, String::from_utf8_lossy(&done.stderr)).into());
        }
        let report: serde_json::Value = serde_json::from_slice(&done.stdout)?;
        let seconds = report["seconds"].as_f64().ok_or("the peer told no time")?;
        let times = report["milliseconds"].as_array().ok_or("the peer told no times")?;
        let mut times: Vec<Duration> =
            times.iter().filter_map(|time| Some(Duration::from_secs_f64(time.as_f64()? / 1000.0))).collect();
        times.sort();
        Ok(Run { files: files.len(), seconds, times })
    }
}
