//! The table that tesseract prints: a row a word. It came from a picture that a stranger sent, through a program that is
//! not ours, so nothing in it is taken on trust.

use super::ScannedWord;
use std::io;

/// Words of one page beyond this are not taken.
const MAX_WORDS: usize = 10_000;
/// Longer words are cut.
const MAX_CHARS: usize = 100;
/// The column names that the table begins with.
const HEADING: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext";
/// The level of a row that is a word.
const WORD: &str = "5";

/// The words of a table, for a picture of this size.
///
/// # Errors
/// `InvalidData` when it is no such table. Single rows that are wrong are left out.
pub(in crate::adapters::readers) fn parse(table: &[u8], width: u32, height: u32) -> io::Result<Vec<ScannedWord>> {
    let text = String::from_utf8_lossy(table);
    let mut rows = text.lines();
    if rows.next().map(str::trim_end) != Some(HEADING) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no table of words"));
    }
    let mut lines = Lines::default();
    let size = (width as f32, height as f32);
    Ok(rows.filter_map(|row| word(row, size, &mut lines)).take(MAX_WORDS).collect())
}

/// Gives each line of text a number as its words come.
#[derive(Default)]
struct Lines {
    last: Option<[String; 4]>,
    number: u32,
}

impl Lines {
    fn number_of(&mut self, key: [&str; 4]) -> u32 {
        if self.last.as_ref().is_none_or(|last| *last != key) {
            self.number += u32::from(self.last.is_some());
            self.last = Some(key.map(str::to_owned));
        }
        self.number
    }
}

fn word(row: &str, (width, height): (f32, f32), lines: &mut Lines) -> Option<ScannedWord> {
    let mut cells = row.splitn(12, '\t');
    let mut next = || cells.next();
    if next()? != WORD {
        return None;
    }
    let line = [next()?, next()?, next()?, next()?];
    next()?;
    let mut number = || next()?.parse::<f32>().ok().filter(|number| number.is_finite());
    let (left, top, across, down, confidence) = (number()?, number()?, number()?, number()?, number()?);
    let text: String = next()?.trim().chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
    let (x0, y0) = (left.clamp(0.0, width), top.clamp(0.0, height));
    let (x1, y1) = ((left + across).clamp(0.0, width), (top + down).clamp(0.0, height));
    if text.is_empty() || confidence < 0.0 || x1 <= x0 || y1 <= y0 {
        return None;
    }
    let confidence = (confidence / 100.0).clamp(0.0, 1.0);
    Some(ScannedWord { text, x0, y0, x1, y1, confidence, line: lines.number_of(line) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&str]) -> Vec<u8> {
        let mut text = HEADING.to_owned();
        for row in rows {
            text.push('\n');
            text.push_str(row);
        }
        text.into_bytes()
    }

    #[test]
    fn words_have_their_places_and_lines() {
        let rows = [
            "1\t1\t0\t0\t0\t0\t0\t0\t200\t100\t-1\t",
            "5\t1\t1\t1\t1\t1\t10\t20\t30\t8\t91.5\tTotal",
            "5\t1\t1\t1\t1\t2\t50\t20\t30\t8\t80\t12,50",
            "5\t1\t1\t1\t2\t1\t10\t40\t30\t8\t20\tThanks",
        ];
        let words = parse(&table(&rows), 200, 100).expect("a table");
        let texts: Vec<_> = words.iter().map(|word| (word.text.as_str(), word.line)).collect();
        assert_eq!(texts, [("Total", 0), ("12,50", 0), ("Thanks", 1)]);
        assert_eq!((words[0].x0, words[0].y1, words[0].confidence), (10.0, 28.0, 0.915));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bad in [&b""[..], b"\xff\xfe\x00", b"5\t1\t1\t1\t1\t1\t1\t1\t1\t1\t90\tword", b"level"] {
            assert!(parse(bad, 10, 10).is_err());
        }
    }

    #[test]
    fn wrong_rows_are_left_out() {
        let rows = [
            "5\t1\t1\t1\t1\t1\t10\t20\t30",
            "5\t1\t1\t1\t1\t1\tNaN\t20\t30\t8\t90\tnan",
            "5\t1\t1\t1\t1\t1\t10\t20\t-30\t8\t90\tnegative",
            "5\t1\t1\t1\t1\t1\t1e39\t20\t30\t8\t90\tinfinite",
            "5\t1\t1\t1\t1\t1\t10\t20\t30\t8\t-1\tunsure",
            "5\t1\t1\t1\t1\t1\t10\t20\t30\t8\t90\t ",
            "5\t1\t1\t1\t1\t1\t900\t20\t30\t8\t90\toutside",
            "\0\0\0",
            "5\t1\t1\t1\t1\t1\t90\t95\t300\t80\t900\tcut\u{7}\tshort",
        ];
        let words = parse(&table(&rows), 100, 100).expect("a table");
        assert_eq!(words.len(), 1, "{words:?}");
        assert_eq!((words[0].x1, words[0].y1, words[0].confidence), (100.0, 100.0, 1.0));
        assert_eq!(words[0].text, "cutshort");
    }

    #[test]
    fn there_are_bounds_on_words_and_letters() {
        let long = format!("5\t1\t1\t1\t1\t1\t1\t1\t5\t5\t90\t{}", "x".repeat(100_000));
        let words = parse(&table(&[&long]), 10, 10).expect("a table");
        assert_eq!(words[0].text.len(), MAX_CHARS);
        let row = "5\t1\t1\t1\t1\t1\t1\t1\t5\t5\t90\tx";
        let words = parse(&table(&vec![row; MAX_WORDS + 50]), 10, 10).expect("a table");
        assert_eq!(words.len(), MAX_WORDS);
    }
}
