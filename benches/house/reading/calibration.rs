//! How often values are right of which the reader is how sure.

use super::super::{Outcome, sheet::Sheet};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path, process::Command};

/// From which confidence on a value is called sure, as in `domain/invoice.rs`.
const SURE: f64 = 0.975;
/// The most of those that may be wrong.
const AIM: &str = "at most 2.5 %";
/// Lower edges of the bins; the last one is what is called sure.
const EDGES: [f64; 7] = [0.0, 0.5, 0.7, 0.8, 0.9, 0.95, SURE];

/// One value that was read, as `benches/reading/judge.py` prints it.
#[derive(Deserialize)]
struct Judged {
    kind: String,
    field: String,
    confidence: f64,
    right: bool,
}

/// Values that are looked at together.
#[derive(Default)]
struct Share {
    count: usize,
    right: usize,
    said: f64,
}

impl Share {
    fn of<'j>(values: impl Iterator<Item = &'j Judged>) -> Share {
        values.fold(Share::default(), |share, value| Share {
            count: share.count + 1,
            right: share.right + usize::from(value.right),
            said: share.said + value.confidence,
        })
    }

    fn per_cent(&self, part: f64) -> f64 {
        100.0 * part / self.count.max(1) as f64
    }

    /// How many are right, and how many that is; what was said.
    fn reliability(&self) -> String {
        if self.count == 0 {
            return String::new();
        }
        let (is, said) = (self.per_cent(self.right as f64), self.per_cent(self.said));
        format!("{} of {} = {is:.1} % (said {said:.1})", self.right, self.count)
    }

    fn wrong(&self) -> String {
        let wrong = self.count - self.right;
        format!("{wrong} of {} = {:.2} %", self.count, self.per_cent(wrong as f64))
    }
}

/// Prints a table by bins of confidence and kind, and one of the fields that are called sure.
pub fn print(corpus: &Path, readings: &Path) -> Outcome<()> {
    let judged = judge(corpus, readings)?;
    println!("{}", by_bin(&judged));
    println!("{}", sure_ones(&judged));
    Ok(())
}

fn judge(corpus: &Path, readings: &Path) -> Outcome<Vec<Judged>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/reading/judge.py");
    let output = Command::new("timeout")
        .args(["--kill-after=5", "60", "python3", "-B"])
        .arg(script)
        .args([corpus, readings])
        .output()?;
    if !output.status.success() {
        return Err(format!("judge.py: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let lines = std::str::from_utf8(&output.stdout)?.lines();
    Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// The bin of a confidence, which came through a number of half the precision.
fn bin(confidence: f64) -> usize {
    EDGES.iter().rposition(|edge| confidence + 1e-6 >= *edge).unwrap_or(0)
}

fn kinds(judged: &[Judged]) -> Vec<&str> {
    let mut kinds: Vec<&str> = judged.iter().map(|value| value.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

fn by_bin(judged: &[Judged]) -> Sheet {
    let kinds = kinds(judged);
    let head: Vec<&str> = ["confidence"].into_iter().chain(kinds.iter().copied()).chain(["all"]).collect();
    let mut sheet = Sheet::new("Said and right: values read, by how sure the reader is", &head);
    for (at, low) in EDGES.iter().enumerate() {
        let high = EDGES.get(at + 1).map_or("1".to_owned(), |edge| format!("below {edge}"));
        let inside: Vec<&Judged> = judged.iter().filter(|value| bin(value.confidence) == at).collect();
        let of_kind = |kind: &str| Share::of(inside.iter().copied().filter(|value| value.kind == kind)).reliability();
        let mut row = vec![format!("{low} to {high}")];
        row.extend(kinds.iter().map(|kind| of_kind(kind)));
        row.push(Share::of(inside.iter().copied()).reliability());
        sheet.add(row);
    }
    sheet
}

fn sure_ones(judged: &[Judged]) -> Sheet {
    let kinds = kinds(judged);
    let title = format!("Wrong among those called sure (from {SURE}; aim: {AIM})");
    let head: Vec<&str> = ["field"].into_iter().chain(kinds.iter().copied()).chain(["all"]).collect();
    let mut sheet = Sheet::new(title, &head);
    let mut by_field: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for value in judged.iter().filter(|value| bin(value.confidence) == EDGES.len() - 1) {
        by_field.entry(value.field.as_str()).or_default().push(value);
        by_field.entry("~ all").or_default().push(value);
    }
    for (field, values) in by_field {
        let of_kind = |kind: &str| Share::of(values.iter().copied().filter(|value| value.kind == kind));
        let mut row = vec![field.trim_start_matches("~ ").to_owned()];
        row.extend(
            kinds.iter().map(|kind| of_kind(kind)).map(|it| if it.count == 0 { String::new() } else { it.wrong() }),
        );
        row.push(Share::of(values.iter().copied()).wrong());
        sheet.add(row);
    }
    sheet
}
