//! From a page to the picture that tesseract reads best: grey, upright, straight, with letters of the size it knows.
//! Runs in the child that opens documents.
//!
//! What touches every pixel is done by the `image` crate, or row by row as copies: in a build for development only
//! dependencies are optimised.

use super::{Prepared, skew};
use crate::{
    adapters::readers::{
        detect::{FileType, detect},
        pdf::{self, Pictures},
        picture,
    },
    domain::reading::{ReadError, ReadErrorCode},
};
use image::{DynamicImage, GrayImage, imageops::FilterType};

/// Pages of a PDF are drawn with so many pixels to the inch.
const DPI: f32 = 300.0;
/// A picture is measured at no more than this width.
const MEASURED_WIDTH: u32 = 1_200;
/// How tall lines of text should be, in pixels: tesseract was taught on those of 36 and 48.
const LINE_HEIGHT: f32 = 36.0;
/// Lines up to this are taken as they are.
const SMALL_LINE: f32 = 28.0;
const LARGE_LINE: f32 = 90.0;
/// A picture is not made larger than this by it.
const MAX_SCALE: f32 = 3.0;
/// Pixels of the picture at most: an A4 page at 350 dpi.
const MAX_PIXELS: f32 = 12_000_000.0;
/// A slope below this is none: a pixel in five hundred.
const MIN_SLOPE: f32 = 0.002;
/// A page that has room for fewer lines' heights across is a slip.
const NARROW: f32 = 42.0;

/// Draws a page, from 1, turned clockwise by quarters; of a PDF's page only what these pictures show. The picture is a PGM
/// file.
///
/// # Errors
/// `UnsupportedType` for XML; else those of drawing a page.
pub(in crate::adapters::readers) fn prepare(
    document: &[u8],
    page: u32,
    turn: u8,
    only: Option<Pictures>,
) -> Result<(Prepared, Vec<u8>), ReadError> {
    let picture = match detect(document)? {
        FileType::Pdf => {
            let mut drawn = pdf::page_gray(document, page, DPI)?;
            if let Some(pictures) = only {
                blank_beside(&mut drawn, &pictures);
            }
            drawn
        }
        FileType::Xml | FileType::Message => {
            return Err(ReadError::new(ReadErrorCode::UnsupportedType, "This has no pages"));
        }
        kind @ (FileType::Png | FileType::Jpeg | FileType::Tiff) => picture::gray(document, kind, page)?,
    };
    let (prepared, picture) = prepare_picture(picture, turn);
    Ok((prepared, pgm(&picture)))
}

/// Whitens what stands beside the pictures of a page: the text layer tells it, and need not be read again.
fn blank_beside(drawn: &mut GrayImage, pictures: &Pictures) {
    let (width, height) = (drawn.width() as usize, drawn.height() as usize);
    for (y, row) in drawn.chunks_exact_mut(width.max(1)).enumerate() {
        let down = (y as f32 + 0.5) / height as f32;
        let mut begin = 0;
        for end in Pictures::columns(width) {
            if !pictures.holds((begin as f32 + 0.5) / width as f32, down) {
                row[begin..end].fill(u8::MAX);
            }
            begin = end;
        }
    }
}

fn prepare_picture(picture: GrayImage, turn: u8) -> (Prepared, GrayImage) {
    let picture = DynamicImage::ImageLuma8(picture);
    let turned = match turn % 4 {
        1 => picture.rotate90(),
        2 => picture.rotate180(),
        3 => picture.rotate270(),
        _ => picture,
    };
    let (small, shrunk) = small(&turned);
    let measured = skew::measure(&small);
    let line_height = measured.line_height.map(|height| height / shrunk);
    let width = turned.width() as f32;
    let narrow = line_height.is_some_and(|height| width / height < NARROW);
    let picture = scaled(turned, line_height).into_luma8();
    let slope = if measured.slope.abs() < MIN_SLOPE { 0.0 } else { measured.slope };
    let picture = if slope == 0.0 { picture } else { straightened(&picture, slope) };
    let (width, height) = picture.dimensions();
    let to_page = to_page(width as f32, height as f32, slope, turn % 4);
    (Prepared { width, height, to_page, uneven: measured.uneven, narrow }, picture)
}

/// A small copy to measure, and its size as a share of the picture's.
fn small(picture: &DynamicImage) -> (GrayImage, f32) {
    if picture.width() <= MEASURED_WIDTH {
        return (picture.to_luma8(), 1.0);
    }
    let share = MEASURED_WIDTH as f32 / picture.width() as f32;
    let height = ((picture.height() as f32 * share) as u32).max(1);
    (picture.thumbnail_exact(MEASURED_WIDTH, height).into_luma8(), share)
}

fn scaled(picture: DynamicImage, line_height: Option<f32>) -> DynamicImage {
    let pixels = picture.width() as f32 * picture.height() as f32;
    let wanted = match line_height {
        Some(height) if height < SMALL_LINE => (LINE_HEIGHT / height).min(MAX_SCALE),
        Some(height) if height > LARGE_LINE => LINE_HEIGHT * 1.5 / height,
        _ => 1.0,
    };
    let scale = wanted.min((MAX_PIXELS / pixels).sqrt());
    if (0.9..1.15).contains(&scale) {
        return picture;
    }
    let side = |length: u32| ((length as f32 * scale).round() as u32).max(1);
    picture.resize_exact(side(picture.width()), side(picture.height()), FilterType::CatmullRom)
}

/// Turns the picture by a small angle as two shears: first each column up or down, then each row to a side. Both copy
/// whole runs of a row.
fn straightened(picture: &GrayImage, slope: f32) -> GrayImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.as_raw();
    let mut levelled = vec![u8::MAX; width * height];
    let drop_at = |x: usize| ((x as f32 - width as f32 / 2.0) * slope).round() as isize;
    let mut begin = 0;
    while begin < width {
        let drop = drop_at(begin);
        let end = (begin + 1..width).find(|&x| drop_at(x) != drop).unwrap_or(width);
        for y in 0..height {
            let from = y.checked_add_signed(drop).filter(|from| *from < height);
            if let Some(from) = from {
                let (to, from) = (y * width, from * width);
                levelled[to + begin..to + end].copy_from_slice(&pixels[from + begin..from + end]);
            }
        }
        begin = end;
    }
    let mut straight = vec![u8::MAX; width * height];
    for y in 0..height {
        let shift = ((y as f32 - height as f32 / 2.0) * slope).round() as isize;
        let kept = width.saturating_sub(shift.unsigned_abs());
        let (to, from) = if shift >= 0 { (shift.unsigned_abs(), 0) } else { (0, shift.unsigned_abs()) };
        if kept > 0 {
            let row = y * width;
            straight[row + to..row + to + kept].copy_from_slice(&levelled[row + from..row + from + kept]);
        }
    }
    // It has as many pixels as it had.
    GrayImage::from_raw(width as u32, height as u32, straight).unwrap_or_else(|| picture.clone())
}

/// Undoes slope and turn, for places in fractions.
fn to_page(width: f32, height: f32, slope: f32, turn: u8) -> [f32; 6] {
    let place = |x: f32, y: f32| {
        let (across, down) = (x * width, y * height);
        let across = across - slope * (down - height / 2.0);
        let down = down + slope * (across - width / 2.0);
        let (x, y) = (across / width, down / height);
        match turn {
            1 => (y, 1.0 - x),
            2 => (1.0 - x, 1.0 - y),
            3 => (1.0 - y, x),
            _ => (x, y),
        }
    };
    let ((x0, y0), (x1, y1), (x2, y2)) = (place(0.0, 0.0), place(1.0, 0.0), place(0.0, 1.0));
    [x1 - x0, x2 - x0, x0, y1 - y0, y2 - y0, y0]
}

/// The simplest form of picture that there is: a line of text, then a byte for each pixel.
fn pgm(picture: &GrayImage) -> Vec<u8> {
    let mut file = format!("P5\n{} {}\n255\n", picture.width(), picture.height()).into_bytes();
    file.extend_from_slice(picture.as_raw());
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A white page with one dark dot.
    fn dotted(x: u32, y: u32) -> GrayImage {
        GrayImage::from_fn(400, 300, |px, py| Luma([if px.abs_diff(x) < 3 && py.abs_diff(y) < 3 { 0 } else { 255 }]))
    }

    /// The middle of what is dark, in fractions.
    fn middle(picture: &GrayImage) -> (f32, f32) {
        let dark: Vec<_> = picture.enumerate_pixels().filter(|(.., pixel)| pixel.0[0] < 128).collect();
        let mean = |sum: u32, side: u32| (sum as f32 / dark.len() as f32 + 0.5) / side as f32;
        let sums = dark.iter().fold((0, 0), |sum, (x, y, _)| (sum.0 + x, sum.1 + y));
        (mean(sums.0, picture.width()), mean(sums.1, picture.height()))
    }

    fn mapped([a, b, c, d, e, f]: [f32; 6], (x, y): (f32, f32)) -> (f32, f32) {
        (a * x + b * y + c, d * x + e * y + f)
    }

    #[test]
    fn beside_the_pictures_nothing_is_left() {
        let mut pictures = Pictures::default();
        pictures.add_share(0.25);
        for (width, height) in [(400, 300), (37, 41), (5, 3)] {
            let mut page = GrayImage::from_pixel(width, height, Luma([0]));
            blank_beside(&mut page, &pictures);
            for (x, y, pixel) in page.enumerate_pixels() {
                let at = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
                assert_eq!(pixel.0[0] == 0, pictures.holds(at.0, at.1), "{x} {y} of {width} x {height}");
            }
        }
    }

    #[test]
    fn places_are_found_again_on_the_page() {
        let page = dotted(90, 200);
        let there = middle(&page);
        for turn in 0..4 {
            let (prepared, picture) = prepare_picture(page.clone(), turn);
            let (x, y) = mapped(prepared.to_page, middle(&picture));
            assert!((x - there.0).abs() < 0.01 && (y - there.1).abs() < 0.01, "{turn}: {x} {y}");
        }
        for slope in [-0.08, -0.01, 0.03] {
            let straight = straightened(&page, slope);
            let (x, y) = mapped(to_page(400.0, 300.0, slope, 0), middle(&straight));
            assert!((x - there.0).abs() < 0.01 && (y - there.1).abs() < 0.01, "{slope}: {x} {y}");
        }
    }

    #[test]
    fn a_sloping_line_is_made_level() {
        let slope = 0.05;
        let line = GrayImage::from_fn(400, 300, |x, y| {
            let middle = 150.0 + (x as f32 - 200.0) * slope;
            Luma([if (y as f32 - middle).abs() < 2.0 { 0 } else { 255 }])
        });
        let straight = straightened(&line, slope);
        let dark: Vec<u32> =
            straight.enumerate_pixels().filter(|(.., pixel)| pixel.0[0] < 128).map(|(_, y, _)| y).collect();
        let (top, bottom) = (dark.iter().min(), dark.iter().max());
        assert!(top >= Some(&147) && bottom <= Some(&153), "{top:?} {bottom:?}");
    }

    #[test]
    fn small_letters_are_made_larger_and_large_ones_smaller() {
        let picture = || DynamicImage::ImageLuma8(dotted(10, 10));
        assert_eq!(scaled(picture(), Some(12.0)).width(), 1200);
        assert_eq!(scaled(picture(), Some(40.0)).width(), 400);
        assert!(scaled(picture(), Some(200.0)).width() < 200);
        assert_eq!(scaled(picture(), None).width(), 400);
    }

    #[test]
    fn a_pgm_says_its_size() {
        let file = pgm(&GrayImage::new(3, 2));
        assert_eq!(file, b"P5\n3 2\n255\n\0\0\0\0\0\0");
    }
}
