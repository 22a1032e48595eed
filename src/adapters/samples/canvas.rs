//! Draws pages of text in the standard fonts that every PDF viewer has.

use pdf_writer::{Content, Name, Str};

/// A4 in points.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    Regular,
    Bold,
}

impl Font {
    /// Its name in the page's resources.
    pub(super) fn name(self) -> Name<'static> {
        match self {
            Font::Regular => Name(b"F1"),
            Font::Bold => Name(b"F2"),
        }
    }

    pub(super) fn base(self) -> Name<'static> {
        match self {
            Font::Regular => Name(b"Helvetica"),
            Font::Bold => Name(b"Helvetica-Bold"),
        }
    }

    /// Width of a text in points at `size`.
    fn width(self, text: &str, size: f32) -> f32 {
        let widths = match self {
            Font::Regular => &REGULAR_WIDTHS,
            Font::Bold => &BOLD_WIDTHS,
        };
        let thousandths: u32 = text
            .chars()
            .map(|letter| (base_letter(letter) as usize).wrapping_sub(32))
            .map(|place| u32::from(widths.get(place).copied().unwrap_or(556)))
            .sum();
        thousandths as f32 * size / 1000.0
    }
}

/// Pages under the pen. Coordinates are in points from the top left, as on paper.
pub(super) struct Canvas {
    done: Vec<Content>,
    page: Content,
}

impl Canvas {
    pub(super) fn new() -> Self {
        Canvas { done: Vec::new(), page: Content::new() }
    }

    pub(super) fn new_page(&mut self) {
        self.done.push(std::mem::replace(&mut self.page, Content::new()));
    }

    /// The number of the page under the pen, from 1.
    pub(super) fn page_number(&self) -> usize {
        self.done.len() + 1
    }

    /// The content of every page, in order.
    pub(super) fn finish(mut self) -> Vec<Vec<u8>> {
        self.new_page();
        self.done.into_iter().map(|page| page.finish().to_vec()).collect()
    }

    /// Text whose base line begins at `x`, `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, font: Font, size: f32, text: &str) {
        self.page
            .begin_text()
            .set_font(font.name(), size)
            .next_line(x, HEIGHT - y)
            .show(Str(&win_ansi(text)))
            .end_text();
    }

    /// Text that ends at `x`.
    pub(super) fn text_to(&mut self, x: f32, y: f32, font: Font, size: f32, text: &str) {
        self.text(x - font.width(text, size), y, font, size, text);
    }

    /// A thin line from left to right.
    pub(super) fn rule(&mut self, x1: f32, x2: f32, y: f32) {
        self.page.set_line_width(0.6).set_stroke_gray(0.45).move_to(x1, HEIGHT - y).line_to(x2, HEIGHT - y).stroke();
    }

    /// A grey area whose top left corner is at `x`, `y`.
    pub(super) fn shade(&mut self, x: f32, y: f32, width: f32, height: f32) {
        self.page.set_fill_gray(0.9).rect(x, HEIGHT - y - height, width, height).fill_nonzero().set_fill_gray(0.0);
    }
}

/// WinAnsi, which is Latin 1 with a few letters more. What it has not becomes a question mark.
fn win_ansi(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| match letter {
            '€' => 0x80,
            '–' => 0x96,
            '’' => 0x92,
            other => u8::try_from(other).unwrap_or(b'?'),
        })
        .collect()
}

/// The letter of the width table that is as wide: accents change no width in Helvetica.
fn base_letter(letter: char) -> char {
    match letter {
        'À'..='Å' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' | 'Ø' => 'O',
        'Ù'..='Ü' => 'U',
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        'ß' => 'b',
        '\u{a0}' => ' ',
        other => other,
    }
}

/// Widths of the letters from space to tilde, in thousandths of the size. Source: Adobe's metrics of Helvetica.
#[rustfmt::skip]
const REGULAR_WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The same of Helvetica-Bold.
#[rustfmt::skip]
const BOLD_WIDTHS: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        assert_eq!(Font::Regular.width("1,00", 1000.0), 3.0 * 556.0 + 278.0);
        assert_eq!(Font::Regular.width("é", 1000.0), Font::Regular.width("e", 1000.0));
        assert!(Font::Bold.width("Total", 10.0) > Font::Regular.width("Total", 10.0));
    }

    #[test]
    fn letters_get_their_win_ansi_code() {
        assert_eq!(win_ansi("é€ß"), [0xE9, 0x80, 0xDF]);
        assert_eq!(win_ansi("字"), b"?");
    }
}
