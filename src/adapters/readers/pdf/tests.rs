//! PDFs written in code, whole and damaged, and what is read back from them.

use super::*;
use crate::domain::splitting::PageRange;
use pdf_writer::{Content, Finish, Name, Pdf as Writer, Rect, Ref, Str, TextStr};
use proptest::prelude::*;

const FONT: Name<'static> = Name(b"F1");

/// What one page of a test document shows, and how.
struct Sample<'a> {
    content: &'a [u8],
    rotate: i32,
    media: Rect,
}

impl<'a> Sample<'a> {
    fn new(content: &'a [u8]) -> Self {
        Sample { content, rotate: 0, media: Rect::new(0.0, 0.0, 595.0, 842.0) }
    }

    /// A PDF of one page in Helvetica; `finish` may add to the catalog and write more objects, from number 10 on.
    fn pdf(&self, finish: impl FnOnce(&mut Writer, Ref)) -> Vec<u8> {
        let (catalog, tree, page, font, content) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4), Ref::new(5));
        let mut pdf = Writer::new();
        pdf.pages(tree).kids([page]).count(1);
        let mut writer = pdf.page(page);
        writer.media_box(self.media).parent(tree).contents(content).rotate(self.rotate);
        writer.resources().fonts().pair(FONT, font);
        writer.finish();
        pdf.type1_font(font).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
        pdf.stream(content, self.content);
        finish(&mut pdf, catalog);
        pdf.finish()
    }

    fn plain(&self) -> Vec<u8> {
        self.pdf(|pdf, catalog| {
            pdf.catalog(catalog).pages(Ref::new(2));
        })
    }
}

fn text_at(x: f32, y: f32, size: f32, text: &str) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text().set_font(FONT, size).next_line(x, y).show(Str(text.as_bytes())).end_text();
    content.finish().to_vec()
}

fn texts(page: &PageWords) -> Vec<&str> {
    page.words.iter().map(|word| word.text.as_str()).collect()
}

#[test]
fn words_stand_where_they_are_drawn() {
    let pages = words(&Sample::new(&text_at(72.0, 742.0, 12.0, "Invoice No. 2026-1")).plain()).unwrap();
    let page = &pages[0];
    assert_eq!(texts(page), ["Invoice", "No.", "2026-1"]);
    assert_eq!((page.size.width, page.size.height, page.garbage), (595.0, 842.0, 0.0));
    let first = &page.words[0];
    assert!((first.x * 595.0 - 72.0).abs() < 0.5, "{first:?}");
    // The baseline is 100 points below the top; the box reaches from above to below it.
    let (top, bottom) = (first.y * 842.0, (first.y + first.h) * 842.0);
    assert!(top > 88.0 && top < 93.0 && bottom > 100.0 && bottom < 104.0, "{top} {bottom}");
    // "Invoice" in 12 point Helvetica is 3.168 em wide by the font's own table.
    assert!((first.w * 595.0 - 3.168 * 12.0).abs() < 0.6, "{}", first.w * 595.0);
    assert!((first.font_size - 12.0).abs() < 0.01);
}

#[test]
fn kerning_joins_and_gaps_part() {
    let mut content = Content::new();
    content.begin_text().set_font(FONT, 10.0).next_line(50.0, 700.0);
    content.show_positioned().items().show(Str(b"To")).adjust(80.0).show(Str(b"tal")).adjust(-900.0).show(Str(b"12"));
    content.end_text();
    let pages = words(&Sample::new(&content.finish()).plain()).unwrap();
    assert_eq!(texts(&pages[0]), ["Total", "12"]);
}

#[test]
fn text_drawn_twice_is_read_once() {
    let mut content = text_at(72.0, 700.0, 12.0, "Total");
    content.push(b'\n');
    content.extend(text_at(72.3, 700.0, 12.0, "Total"));
    let pages = words(&Sample::new(&content).plain()).unwrap();
    assert_eq!(texts(&pages[0]), ["Total"]);
    assert!(pages[0].words[0].bold);
}

#[test]
fn rotated_pages_are_read_as_shown() {
    for rotate in [90, 180, 270] {
        let content = text_at(72.0, 742.0, 12.0, "Invoice");
        let sample = Sample { rotate, ..Sample::new(&content) };
        let pages = words(&sample.plain()).unwrap();
        let word = &pages[0].words[0];
        let size = pages[0].size;
        assert_eq!(word.text, "Invoice");
        let (w, h) = (word.w * size.width, word.h * size.height);
        assert_eq!(w > h, rotate == 180, "{rotate}: {word:?}");
        let middle = ((word.x + word.w / 2.0), (word.y + word.h / 2.0));
        let wanted = match rotate {
            90 => (742.0 / 842.0, 92.0 / 595.0),
            180 => (1.0 - 92.0 / 595.0, 742.0 / 842.0),
            _ => (1.0 - 742.0 / 842.0, 1.0 - 92.0 / 595.0),
        };
        assert!(
            (middle.0 - wanted.0).abs() < 0.02 && (middle.1 - wanted.1).abs() < 0.02,
            "{rotate}: {middle:?} {wanted:?}"
        );
        assert_eq!(page_sizes(&sample.plain()).unwrap(), [size]);
    }
}

#[test]
fn words_off_the_page_are_left_out() {
    let mut content = text_at(-300.0, 700.0, 12.0, "Hidden");
    content.push(b'\n');
    content.extend(text_at(72.0, 700.0, 12.0, "Shown"));
    let pages = words(&Sample::new(&content).plain()).unwrap();
    assert_eq!(texts(&pages[0]), ["Shown"]);
}

/// Two attachments in a name tree whose kids name their own parent, one of them again in `/AF` with one more.
fn with_attachments() -> Vec<u8> {
    Sample::new(b"").pdf(|pdf, catalog| {
        let (tree, kid, first, second, third) = (Ref::new(10), Ref::new(11), Ref::new(12), Ref::new(13), Ref::new(14));
        let mut writer = pdf.catalog(catalog);
        writer.pages(Ref::new(2));
        writer.insert(Name(b"Names")).dict().pair(Name(b"EmbeddedFiles"), tree);
        writer.insert(Name(b"AF")).array().items([first, third]);
        writer.finish();
        pdf.indirect(tree).dict().insert(Name(b"Kids")).array().items([kid, tree]);
        let mut node = pdf.indirect(kid).dict();
        node.insert(Name(b"Names")).array().item(Str(b"a")).item(first).item(Str(b"b")).item(second);
        node.finish();
        for (index, (file, name)) in
            [(first, "factur-x.xml"), (second, "Anhang ä.txt"), (third, "third.xml")].into_iter().enumerate()
        {
            let stream = Ref::new(20 + index as i32);
            let mut spec = pdf.file_spec(file);
            spec.path(Str(b"file")).unic_file(TextStr(name));
            spec.insert(Name(b"EF")).dict().pair(Name(b"F"), stream);
            spec.finish();
            pdf.embedded_file(stream, format!("content {index}").as_bytes());
        }
    })
}

#[test]
fn attachments_are_found_once_each() {
    let found = attachments(&with_attachments()).unwrap();
    let names: Vec<(&str, &[u8])> = found.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    assert_eq!(
        names,
        [
            ("factur-x.xml", b"content 0".as_slice()),
            ("Anhang ä.txt", b"content 1".as_slice()),
            ("third.xml", b"content 2".as_slice())
        ]
    );
    assert!(attachments(&Sample::new(b"").plain()).unwrap().is_empty());
}

fn png_size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn pages_are_drawn_as_wide_as_asked() {
    let pdf = Sample::new(&text_at(72.0, 742.0, 12.0, "Invoice")).plain();
    assert_eq!(png_size(&page_png(&pdf, 1, 600).unwrap()), (600, 849));
    assert_eq!(png_size(&page_png(&pdf, 1, 1).unwrap()).0, 16);
    assert_eq!(page_png(&pdf, 2, 600).unwrap_err().code, ReadErrorCode::Corrupt);
    assert_eq!(page_png(&pdf, 0, 600).unwrap_err().code, ReadErrorCode::Corrupt);
}

#[test]
fn absurd_pages_are_drawn_small() {
    for media in [Rect::new(0.0, 0.0, 1e7, 1e7), Rect::new(0.0, 0.0, 10.0, 1e6), Rect::new(0.0, 0.0, 1e6, 1.0)] {
        let pdf = Sample { media, ..Sample::new(b"") }.plain();
        let (width, height) = png_size(&page_png(&pdf, 1, 3000).unwrap());
        assert!(width >= 1 && height >= 1 && width <= 3000 && height <= 8000, "{media:?} {width}x{height}");
        assert!(words(&pdf).is_ok());
    }
}

#[test]
fn what_is_no_pdf_is_refused() {
    assert_eq!(words(b"").unwrap_err().code, ReadErrorCode::Empty);
    assert_eq!(words(b"no PDF at all").unwrap_err().code, ReadErrorCode::Corrupt);
    assert_eq!(attachments(b"%PDF-1.7\n%%EOF").unwrap_err().code, ReadErrorCode::Corrupt);
    assert_eq!(page_png(b"%PDF-1.4 \0\0\0", 1, 100).unwrap_err().code, ReadErrorCode::Corrupt);
}

#[test]
fn a_password_is_told_apart_from_damage() {
    // An encryption dictionary whose user password is not the empty one; the trailer must name it.
    let mut pdf = Sample::new(b"").pdf(|pdf, catalog| {
        pdf.catalog(catalog).pages(Ref::new(2));
        let mut encrypt = pdf.indirect(Ref::new(10)).dict();
        encrypt.pair(Name(b"Filter"), Name(b"Standard")).pair(Name(b"V"), 2).pair(Name(b"R"), 3);
        encrypt.pair(Name(b"Length"), 128).pair(Name(b"P"), -44);
        encrypt.pair(Name(b"O"), Str(&[b'7'; 32])).pair(Name(b"U"), Str(&[b'9'; 32]));
    });
    let root = b"/Root 1 0 R";
    let at = pdf.windows(root.len()).rposition(|bytes| bytes == root).unwrap() + root.len();
    pdf.splice(at..at, *b" /Encrypt 10 0 R /ID [(0123456789abcdef) (0123456789abcdef)]");
    assert_eq!(words(&pdf).unwrap_err().code, ReadErrorCode::Encrypted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn damaged_files_never_end_the_process(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut pdf = with_attachments();
        pdf.extend(text_at(10.0, 10.0, 8.0, "x"));
        for (index, byte) in changes {
            let at = index.index(pdf.len());
            pdf[at] = byte;
        }
        pdf.truncate(pdf.len() - cut.index(pdf.len() / 2));
        let _ = words(&pdf);
        let _ = attachments(&pdf);
        let _ = page_png(&pdf, 1, 64);
    }

    #[test]
    fn boxes_stay_on_the_page(x in -700.0f32..700.0, y in -900.0f32..900.0, size in 1.0f32..300.0) {
        let pages = words(&Sample::new(&text_at(x, y, size, "Some words on it")).plain()).unwrap();
        for word in &pages[0].words {
            prop_assert!(word.x >= 0.0 && word.y >= 0.0 && word.x + word.w <= 1.0 && word.y + word.h <= 1.0, "{word:?}");
        }
    }
}

#[test]
fn pages_taken_out_show_what_they_showed() {
    let (whole, begins) = crate::adapters::samples::batch(7, 3);
    let all = words(&whole.bytes).unwrap();
    let range = PageRange { first: begins[1].0, last: begins[2].0 - 1 };
    let part = pages(&whole.bytes, range).unwrap();
    assert_eq!(words(&part).unwrap(), all[range.first as usize - 1..range.last as usize]);
    let picture = |pdf: &[u8], page| page_png(pdf, page, 200).unwrap();
    assert_eq!(picture(&part, 1), picture(&whole.bytes, range.first));
    for wrong in [(0, 1), (2, 1), (1, 99)] {
        let wrong = PageRange { first: wrong.0, last: wrong.1 };
        assert_eq!(pages(&whole.bytes, wrong).unwrap_err().code, ReadErrorCode::Corrupt);
    }
}
