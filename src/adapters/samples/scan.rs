//! Makes a PDF look as if it came from a scanner: black and white pictures, a little askew, a few specks, no text.

use super::canvas::{HEIGHT, WIDTH};
use super::random::Random;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf as Document;
use hayro::vello_cpu::Pixmap;
use hayro::{RenderSettings, render_pdf};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref};

/// Pixels per point: 200 to the inch.
const SCALE: f32 = 200.0 / 72.0;
/// A pixel at least this light is paper.
const PAPER: u8 = 160;
/// One pixel in so many is a speck of dust.
const SPECKS: u64 = 9_000;

/// Every page of `document` as a picture. Empty where `document` cannot be drawn.
pub(super) fn scan(document: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let pages = Document::new(document)
        .ok()
        .and_then(|pdf| render_pdf(&pdf, SCALE, InterpreterSettings::default(), &RenderSettings::default(), None))
        .unwrap_or_default();

    let mut pdf = Pdf::new();
    let (catalog, tree) = (Ref::new(1), Ref::new(2));
    pdf.catalog(catalog).pages(tree);
    let ids = (0..pages.len() as i32).map(|page| Ref::new(3 + page * 3));
    pdf.pages(tree).kids(ids.clone()).count(pages.len() as i32);
    for (picture, id) in pages.iter().zip(ids) {
        write_page(&mut pdf, tree, id, picture, random);
    }
    pdf.finish()
}

fn write_page(pdf: &mut Pdf, tree: Ref, id: Ref, picture: &Pixmap, random: &mut Random) {
    let (content_id, image_id) = (id.next(), id.next().next());
    let mut page = pdf.page(id);
    page.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(content_id);
    page.resources().x_objects().pair(Name(b"Scan"), image_id);
    page.finish();

    let angle = (random.between(0, 12) as f32 - 6.0) / 1000.0;
    let mut content = Content::new();
    content.transform([WIDTH, HEIGHT * angle, -WIDTH * angle, HEIGHT, 0.0, 0.0]).x_object(Name(b"Scan"));
    pdf.stream(content_id, &content.finish());

    let samples = run_lengths(&black_and_white(picture, random));
    let mut image = pdf.image_xobject(image_id, &samples);
    image.filter(Filter::RunLengthDecode);
    image.width(picture.width().into()).height(picture.height().into());
    image.bits_per_component(1).color_space().device_gray();
    image.finish();
}

/// One bit a pixel, 1 is white, each row filled up to a whole byte.
fn black_and_white(picture: &Pixmap, random: &mut Random) -> Vec<u8> {
    let width = usize::from(picture.width());
    let mut bytes = Vec::with_capacity(width.div_ceil(8) * usize::from(picture.height()));
    for row in picture.data().chunks(width.max(1)) {
        for eight in row.chunks(8) {
            let mut byte = 0;
            for (place, pixel) in eight.iter().enumerate() {
                // What nothing was drawn on is transparent: that is paper too.
                let light = pixel.g.saturating_add(255 - pixel.a);
                let speck = random.next().is_multiple_of(SPECKS);
                byte |= u8::from((light >= PAPER) != speck) << (7 - place);
            }
            bytes.push(byte);
        }
    }
    bytes
}

/// PDF's RunLengthDecode: `n` up to 127 means n + 1 bytes as they are, from 129 on the next byte 257 − n times, 128 ends.
fn run_lengths(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let run = rest.iter().take(128).take_while(|&&byte| byte == first).count();
        if run > 1 {
            out.extend([(257 - run) as u8, first]);
            rest = &rest[run..];
        } else {
            // As they are, until a run begins.
            let single = rest.windows(2).take(127).take_while(|pair| pair[0] != pair[1]).count().max(1);
            out.push((single - 1) as u8);
            out.extend(&rest[..single]);
            rest = &rest[single..];
        }
    }
    out.push(128);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decoder of ISO 32000-1, 7.4.5.
    fn decode(mut code: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        while code[0] != 128 {
            let length = usize::from(code[0]);
            if length < 128 {
                out.extend(&code[1..length + 2]);
                code = &code[length + 2..];
            } else {
                out.extend(std::iter::repeat_n(code[1], 257 - length));
                code = &code[2..];
            }
        }
        out
    }

    #[test]
    fn run_lengths_decode_to_what_they_came_from() {
        let mut random = Random::new(7);
        for size in [0, 1, 2, 3, 127, 128, 129, 130, 256, 1000, 5000] {
            let bytes: Vec<u8> = (0..size).map(|_| random.between(0, 2) as u8).collect();
            assert_eq!(decode(&run_lengths(&bytes)), bytes);
            assert_eq!(decode(&run_lengths(&vec![255; size])), vec![255; size]);
            let mixed: Vec<u8> = (0..size).map(|place| place as u8).collect();
            assert_eq!(decode(&run_lengths(&mixed)), mixed);
        }
    }
}
