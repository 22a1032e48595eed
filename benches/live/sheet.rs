//! What a run prints: tables in Markdown, a column for each server.

use std::fmt;

/// A table with a heading.
pub struct Sheet {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    pub fn new(title: impl Into<String>, head: &[&str]) -> Sheet {
        Sheet { title: title.into(), rows: vec![head.iter().map(|text| (*text).to_owned()).collect()] }
    }

    pub fn add(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let width = |column| self.rows.iter().map(|row| cell(row, column).chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        writeln!(f, "\n### {}\n", self.title)?;
        for (place, row) in self.rows.iter().enumerate() {
            for (column, width) in widths.iter().enumerate() {
                write!(f, "| {:width$} ", cell(row, column))?;
            }
            writeln!(f, "|")?;
            if place == 0 {
                let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                writeln!(f, "| {} |", dashes.join(" | "))?;
            }
        }
        Ok(())
    }
}
