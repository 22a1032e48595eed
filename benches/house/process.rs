//! What /proc tells of a process: processor time and resident memory.

use super::Outcome;
use std::{
    fs::{read_dir, read_to_string},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::Duration,
};

/// Linux counts processor time for programs in hundredths of a second, whatever the kernel's own tick.
const TICKS_PER_SECOND: f64 = 100.0;

/// How often memory is looked at.
const SAMPLE_EVERY: Duration = Duration::from_millis(20);

/// Processor time of a process since it began, in seconds, user and system; children not counted.
pub fn cpu_seconds(pid: u32) -> Outcome<f64> {
    let fields = stat(pid).ok_or("the process is gone")?;
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    // utime and stime, counted from the field after the name (see proc(5)).
    Ok((ticks(11) + ticks(12)) / TICKS_PER_SECOND)
}

/// The fields of /proc/PID/stat behind the program's name, which may hold spaces.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
}

/// Resident memory in bytes: of a process, and of its children together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resident {
    pub own: u64,
    pub children: u64,
}

impl Resident {
    /// As it is now.
    pub fn of(pid: u32) -> Resident {
        Resident { own: resident(pid), children: children(pid).into_iter().map(resident).sum() }
    }

    fn max(self, other: Resident) -> Resident {
        Resident { own: self.own.max(other.own), children: self.children.max(other.children) }
    }
}

fn resident(pid: u32) -> u64 {
    let status = read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|text| text.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn children(pid: u32) -> Vec<u32> {
    let parent = pid.to_string();
    let Ok(processes) = read_dir("/proc") else { return Vec::new() };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|process| stat(*process).is_some_and(|fields| fields.get(1) == Some(&parent)))
        .collect()
}

/// Runs `work` and gives the most memory that the process and its children held meanwhile.
pub fn peak_during<T>(pid: u32, work: impl FnOnce() -> T) -> (T, Resident) {
    let (done, waiting) = channel::<()>();
    let sampler = thread::spawn(move || {
        let mut peak = Resident::of(pid);
        while waiting.recv_timeout(SAMPLE_EVERY) == Err(RecvTimeoutError::Timeout) {
            peak = peak.max(Resident::of(pid));
        }
        peak
    });
    let result = work();
    drop(done);
    (result, sampler.join().unwrap_or_default())
}
