//! Words with their places: collects the glyphs that a page draws and joins them.

use super::{MAX_PAGES, PageWords, Pictures, Word, guarded, open, page_size};
use crate::domain::reading::{PageSize, ReadError, ReadErrorCode};
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt, interpret_page,
};
use hayro_syntax::page::Page;

/// Words beyond this are not read.
const MAX_WORDS: usize = 200_000;
/// Glyphs beyond this are not read, on one page.
const MAX_GLYPHS: usize = 1_000_000;
/// Longer runs of glyphs without a gap are cut; no word is that long.
const MAX_WORD_BYTES: usize = 400;
/// A gap wider than this share of the font size ends a word.
const WORD_GAP: f64 = 0.12;
/// Glyphs that step back further than this share of the font size begin a new word.
const BACK_STEP: f64 = 0.5;
/// How far above and below the baseline a word's box reaches, as shares of the font size.
const ASCENT: f64 = 0.78;
const DESCENT: f64 = 0.21;
/// Bold fonts weigh 700; some families call 600 their bold.
const BOLD: u32 = 600;
const REPLACEMENT: char = '\u{FFFD}';

/// The words of every page, at most 200 pages and 200 000 words.
///
/// A glyph whose character the file does not tell becomes U+FFFD and counts in [`PageWords::garbage`]. Invisible text is
/// read too: it is what OCR programs put behind a scan. Errors: `Empty`, `Encrypted` when a password is needed,
/// `Corrupt` when no page can be read.
pub fn words(pdf: &[u8]) -> Result<Vec<PageWords>, ReadError> {
    guarded(|| {
        let pdf = open(pdf)?;
        let cache = InterpreterCache::new();
        let settings = InterpreterSettings::default();
        let mut left = MAX_WORDS;
        let mut pages = Vec::new();
        for page in pdf.pages().iter().take(MAX_PAGES) {
            let words = page_words(page, &cache, &settings, left);
            left -= words.words.len().min(left);
            pages.push(words);
        }
        Ok(pages)
    })
}

/// The words of one page, from 1. Errors: as [`words`], and `Corrupt` when there is no such page.
pub fn words_of(pdf: &[u8], page: u32) -> Result<PageWords, ReadError> {
    guarded(|| {
        let pdf = open(pdf)?;
        let place = usize::try_from(page).ok().and_then(|page| page.checked_sub(1)).filter(|place| *place < MAX_PAGES);
        let page = place.and_then(|place| pdf.pages().get(place));
        let page = page.ok_or_else(|| super::error(ReadErrorCode::Corrupt, "There is no such page."))?;
        Ok(page_words(page, &InterpreterCache::new(), &InterpreterSettings::default(), MAX_WORDS))
    })
}

fn page_words<'a>(
    page: &'a Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    max_words: usize,
) -> PageWords {
    let size = page_size(page);
    let transform = page.initial_transform(true).to_kurbo();
    let shown = Rect::new(0.0, 0.0, f64::from(size.width), f64::from(size.height));
    let mut context = Context::new(transform, shown, cache, page.xref(), settings.clone());
    let mut device = Collector::new(size, max_words);
    interpret_page(page, &mut context, &mut device);
    device.finish()
}

/// Where a glyph stands on the shown page, in points.
#[derive(Clone, Copy)]
struct Stand {
    /// Begin and end of the glyph on its baseline.
    start: Point,
    end: Point,
    /// The direction of writing, of length one, and the one towards the glyph's top.
    along: Vec2,
    up: Vec2,
    font_size: f64,
}

impl Stand {
    fn boxed(&self) -> Rect {
        let top = self.up * (self.font_size * ASCENT);
        let bottom = self.up * (-self.font_size * DESCENT);
        let corners = [self.start + top, self.start + bottom, self.end + top, self.end + bottom];
        corners[1..].iter().fold(Rect::from_points(corners[0], corners[0]), |rect, &p| rect.union_pt(p))
    }
}

struct OpenWord {
    text: String,
    place: Rect,
    last: Stand,
    bold: bool,
}

struct Collector {
    size: PageSize,
    words: Vec<Word>,
    open: Option<OpenWord>,
    max_words: usize,
    glyphs: usize,
    unmapped: usize,
    /// The horizontal scaling that the text state asks for, as last seen on a run that shows it.
    scaling: f64,
    /// Where the last filled run began, so that its outline drawn on top is not read as a second text.
    filled: Option<(Affine, usize)>,
    pictures: Pictures,
}

impl Collector {
    fn new(size: PageSize, max_words: usize) -> Self {
        Collector {
            size,
            words: Vec::new(),
            open: None,
            max_words,
            glyphs: 0,
            unmapped: 0,
            scaling: 1.0,
            filled: None,
            pictures: Pictures::default(),
        }
    }

    fn finish(mut self) -> PageWords {
        self.close_word();
        let garbage = if self.glyphs == 0 { 0.0 } else { self.unmapped as f32 / self.glyphs as f32 };
        PageWords {
            size: self.size,
            words: without_doubles(self.words),
            garbage,
            scanned: false,
            pictures: self.pictures,
        }
    }

    fn add_run(&mut self, run: &GlyphRun<'_, '_>, transform: Affine) {
        let bold = run.glyphs().first().is_some_and(|glyph| is_bold(glyph));
        self.scaling = run_scaling(run).unwrap_or(self.scaling);
        for glyph in run.glyphs() {
            if self.glyphs >= MAX_GLYPHS || self.words.len() >= self.max_words {
                return;
            }
            self.glyphs += 1;
            let Some(stand) = stand(glyph, transform * glyph.transform(), self.scaling) else {
                continue;
            };
            match glyph.as_unicode() {
                Some(BfString::Char(c)) => self.add(c.encode_utf8(&mut [0; 4]), stand, bold),
                Some(BfString::String(text)) => self.add(&text, stand, bold),
                None => self.add("\u{FFFD}", stand, bold),
            }
        }
    }

    fn add(&mut self, text: &str, stand: Stand, bold: bool) {
        if self.open.as_ref().is_some_and(|word| !continues(word, &stand)) {
            self.close_word();
        }
        for c in text.chars() {
            if c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}') {
                self.close_word();
                continue;
            }
            let word = self.open.get_or_insert_with(|| OpenWord {
                text: String::new(),
                place: stand.boxed(),
                last: stand,
                bold,
            });
            push_plain(&mut word.text, c);
            if word.text.ends_with(REPLACEMENT) {
                self.unmapped += 1;
            }
            word.place = word.place.union(stand.boxed());
            word.last = stand;
        }
    }

    fn close_word(&mut self) {
        let Some(word) = self.open.take() else { return };
        let (width, height) = (f64::from(self.size.width), f64::from(self.size.height));
        let shown = word.place.intersect(Rect::new(0.0, 0.0, width, height));
        // What lies off the page is not part of what the sender shows.
        if word.text.is_empty() || shown.width() <= 0.0 || shown.height() <= 0.0 || self.words.len() >= self.max_words {
            return;
        }
        let (x, y) = ((shown.x0 / width) as f32, (shown.y0 / height) as f32);
        self.words.push(Word {
            text: word.text,
            x,
            y,
            w: ((shown.width() / width) as f32).min(1.0 - x),
            h: ((shown.height() / height) as f32).min(1.0 - y),
            font_size: word.last.font_size as f32,
            bold: word.bold,
            confidence: 1.0,
        });
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}

    /// Only where it stands: nothing is unpacked for it.
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let pixels = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let page = Affine::scale_non_uniform(1.0 / f64::from(self.size.width), 1.0 / f64::from(self.size.height));
        self.pictures.add((page * props.transform).transform_rect_bbox(pixels));
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let Some(first) = run.glyphs().first() else {
            return;
        };
        let identity = (props.transform * first.transform(), run.glyphs().len());
        match mode {
            DrawMode::Stroke(_) if self.filled == Some(identity) => return,
            _ => self.filled = Some(identity),
        }
        self.add_run(run, props.transform);
    }
}

/// The run's horizontal scaling, where its glyphs agree on one. Where they do not, each is a stand-in from another font
/// stretched to the width that the file gives, and the scaling is one.
fn run_scaling(run: &GlyphRun<'_, '_>) -> Option<f64> {
    let ratio = |transform: Affine| {
        let [a, b, c, d, _, _] = transform.as_coeffs();
        let tall = c.hypot(d);
        (tall > 0.0).then(|| a.hypot(b) / tall)
    };
    let [first, .., _] = run.glyphs() else {
        return None;
    };
    let first = ratio(first.transform())?;
    let agree = run.glyphs().iter().all(|g| ratio(g.transform()).is_some_and(|r| (r - first).abs() < 0.001 * first));
    Some(if agree { first } else { 1.0 })
}

/// Where the glyph stands. None for what has no size or no finite place.
fn stand(glyph: &Glyph<'_>, transform: Affine, scaling: f64) -> Option<Stand> {
    let advance = match glyph {
        Glyph::Outline(outline) => outline.advance_width(),
        Glyph::Type3(drawn) => drawn.advance_width(),
    };
    let [a, b, c, d, e, f] = transform.as_coeffs();
    let (across, upwards) = (Vec2::new(a, b), Vec2::new(c, d));
    let font_size = upwards.hypot() * 1000.0;
    if !font_size.is_finite() || !(0.5..=2000.0).contains(&font_size) || across.hypot() <= 0.0 {
        return None;
    }
    let along = across / across.hypot();
    let up = upwards / upwards.hypot();
    let start = Point::new(e, f);
    if !start.is_finite() {
        return None;
    }
    // The advance is in thousandths of the font size; the stretch of a stand-in font is no part of it.
    let width = f64::from(advance.unwrap_or(500.0)).clamp(0.0, 5000.0) / 1000.0 * font_size * scaling.clamp(0.1, 10.0);
    Some(Stand { start, end: start + along * width, along, up, font_size })
}

/// Whether a glyph belongs to the word before it: same direction, size and baseline, and no gap.
fn continues(word: &OpenWord, next: &Stand) -> bool {
    let last = &word.last;
    let em = last.font_size.max(next.font_size);
    if last.along.dot(next.along) < 0.98 || (last.font_size - next.font_size).abs() > 0.35 * em {
        return false;
    }
    let step = next.start - last.end;
    let gap = step.dot(last.along);
    let rise = step.dot(last.up).abs();
    rise < 0.3 * em && gap < WORD_GAP * em && gap > -BACK_STEP * em && word.text.len() < MAX_WORD_BYTES
}

/// Adds a character as people would type it: ligatures in their letters, one kind of hyphen, no private signs.
fn push_plain(text: &mut String, c: char) {
    match c {
        '\u{fb00}' => text.push_str("ff"),
        '\u{fb01}' => text.push_str("fi"),
        '\u{fb02}' => text.push_str("fl"),
        '\u{fb03}' => text.push_str("ffi"),
        '\u{fb04}' => text.push_str("ffl"),
        '\u{fb05}' | '\u{fb06}' => text.push_str("st"),
        '\u{ad}' | '\u{2010}' | '\u{2011}' => text.push('-'),
        '\u{e000}'..='\u{f8ff}' => text.push(REPLACEMENT),
        c if c.is_control() => text.push(REPLACEMENT),
        c => text.push(c),
    }
}

fn is_bold(glyph: &Glyph<'_>) -> bool {
    let Glyph::Outline(outline) = glyph else {
        return false;
    };
    outline.font_data().is_some_and(|font| {
        font.weight.is_some_and(|weight| weight >= BOLD)
            || font.postscript_name.is_some_and(|name| name.contains("Bold") || name.contains("Black"))
    })
}

/// Drops words that are drawn twice in nearly the same place, which makes them look bold or casts a shadow.
fn without_doubles(mut words: Vec<Word>) -> Vec<Word> {
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    for word in words.drain(..) {
        // Doubles are drawn one shortly after the other.
        let double = kept.iter_mut().rev().take(40).find(|other| {
            other.text == word.text
                && (other.x - word.x).abs() < 0.15 * word.h.min(word.w)
                && (other.y - word.y).abs() < 0.15 * word.h
        });
        match double {
            Some(other) => other.bold = true,
            None => kept.push(word),
        }
    }
    kept
}
