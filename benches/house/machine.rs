//! The machine, as far as it matters for the numbers.

use std::fs::read_to_string;

/// Processor, cores, memory, kernel, and how busy it was, in one line.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = value_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory = value_of("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!(
        "{cores} cores of {model}, {} MB, Linux {}; load average at the end {}",
        memory.unwrap_or(0) / 1024,
        // What follows the version is the builder's own name for it.
        kernel.trim().split('-').next().unwrap_or_default(),
        load.join(" "),
    )
}

/// The value of the first line `name : value`.
fn value_of(file: &str, name: &str) -> Option<String> {
    let text = read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
