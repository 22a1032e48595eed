//! The one table that a run prints, as Markdown.

use std::{fmt, time::Duration};

/// Rows under headings.
#[derive(Default)]
pub struct Table(Vec<Row>);

struct Row {
    part: &'static str,
    what: String,
    ours: String,
    aim: &'static str,
    compared: &'static str,
}

impl Table {
    /// Adds a measure. `aim` and `compared` (the other dashboard, see BENCHMARKS.md) may be empty.
    pub fn add(
        &mut self,
        part: &'static str,
        what: impl Into<String>,
        ours: String,
        aim: &'static str,
        compared: &'static str,
    ) {
        self.0.push(Row { part, what: what.into(), ours, aim, compared });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = Row { part: "", what: "measure".into(), ours: "measured".into(), aim: "aim", compared: "compared" };
        let cells = |row: &Row| [row.what.clone(), row.ours.clone(), row.aim.to_owned(), row.compared.to_owned()];
        let all: Vec<[String; 4]> = std::iter::once(&head).chain(&self.0).map(cells).collect();
        let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2), width(3)];
        let mut part = "";
        for row in &self.0 {
            if row.part != part {
                part = row.part;
                writeln!(f, "\n### {part}\n")?;
                line(f, &cells(&head), &widths)?;
                let dashes = widths.map(|width| "-".repeat(width));
                line(f, &dashes, &widths)?;
            }
            line(f, &cells(row), &widths)?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, cells: &[String; 4], widths: &[usize; 4]) -> fmt::Result {
    for (cell, width) in cells.iter().zip(widths) {
        write!(f, "| {cell:width$} ")?;
    }
    writeln!(f, "|")
}

/// The value that `share` (0 to 1) of the sorted values do not exceed; zero of none.
pub fn percentile<T: Copy + Default>(sorted: &[T], share: f64) -> T {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// Milliseconds, to three figures.
pub fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 100.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.0} ms"),
    }
}
