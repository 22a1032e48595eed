//! Pictures: PNG, JPEG and TIFF. They are checked and measured here; [`super::ocr`] reads their text.

use super::{detect::FileType, tiff_pages};
use crate::domain::reading::{DocumentKind, PageSize, ReadError, ReadErrorCode, Reading};
use image::{
    DynamicImage, GrayImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, imageops::FilterType,
    metadata::Orientation,
};
use std::{borrow::Cow, io::Cursor};

/// Twice an A3 page at 600 dpi.
const MAX_SIDE: u32 = 20_000;
/// What decoding may take, in bytes: an A3 page at 600 dpi in colour, twice.
const MAX_MEMORY: u64 = 192 * 1024 * 1024;
/// Pages are measured in points; the resolution that pictures claim is often wrong, so all are taken as scanned at 150 dpi.
const POINTS_PER_PIXEL: f32 = 72.0 / 150.0;
/// Of a page image, in pixels.
pub(super) const MAX_WIDTH: u32 = 4_000;

/// Checks that the picture can be decoded, and measures its pages. The reading has no values.
///
/// # Errors
/// `Corrupt` when it can not be decoded, `TooComplex` when it has too many pixels.
pub(super) fn read(bytes: &[u8], kind: FileType) -> Result<Reading, ReadError> {
    let mut reading = Reading::empty(DocumentKind::ScanImage);
    let size = |width: u32, height: u32| PageSize {
        width: width as f32 * POINTS_PER_PIXEL,
        height: height as f32 * POINTS_PER_PIXEL,
    };
    let picture = decode(bytes, kind, 1)?;
    reading.pages.push(size(picture.width(), picture.height()));
    for number in 2..=page_count(bytes, kind) {
        // A page that is damaged has a size nevertheless, so that those behind it keep their numbers.
        let measured = measure(bytes, kind, number).unwrap_or((picture.width(), picture.height()));
        reading.pages.push(size(measured.0, measured.1));
    }
    Ok(reading)
}

fn page_count(bytes: &[u8], kind: FileType) -> u32 {
    if kind == FileType::Tiff { tiff_pages::count(bytes) as u32 } else { 1 }
}

/// The page as a PNG of at most `width` pixels across. Transparent parts become white.
///
/// # Errors
/// As [`read`], and `Corrupt` for a page that is not there.
pub(super) fn page_png(bytes: &[u8], kind: FileType, page: u32, width: u32) -> Result<Vec<u8>, ReadError> {
    let picture = decode(bytes, kind, page)?;
    let width = width.clamp(1, MAX_WIDTH);
    let picture = if picture.width() > width { picture.resize(width, MAX_SIDE, FilterType::Triangle) } else { picture };
    let mut png = Cursor::new(Vec::new());
    on_white(picture).write_to(&mut png, ImageFormat::Png).map_err(|error| as_read_error(&error))?;
    Ok(png.into_inner())
}

/// The page in grey. Transparent parts become white.
///
/// # Errors
/// As [`page_png`].
pub(super) fn gray(bytes: &[u8], kind: FileType, page: u32) -> Result<GrayImage, ReadError> {
    let picture = decode(bytes, kind, page)?;
    Ok(if picture.has_alpha() { on_white(picture).into_luma8() } else { picture.into_luma8() })
}

/// The whole page, turned as its camera says.
fn decode(bytes: &[u8], kind: FileType, page: u32) -> Result<DynamicImage, ReadError> {
    let bytes = page_bytes(bytes, kind, page)?;
    let mut decoder = decoder(&bytes, kind)?;
    let orientation = decoder.orientation().map_err(|error| as_read_error(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| as_read_error(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Width and height of a page, without decoding it.
pub(super) fn measure(bytes: &[u8], kind: FileType, page: u32) -> Result<(u32, u32), ReadError> {
    let bytes = page_bytes(bytes, kind, page)?;
    let mut decoder = decoder(&bytes, kind)?;
    let (width, height) = decoder.dimensions();
    let turned = matches!(
        decoder.orientation(),
        Ok(Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH)
    );
    Ok(if turned { (height, width) } else { (width, height) })
}

/// The file that has the page as its first.
fn page_bytes(bytes: &[u8], kind: FileType, page: u32) -> Result<Cow<'_, [u8]>, ReadError> {
    let found = match kind {
        FileType::Tiff => tiff_pages::page(bytes, page),
        _ => (page == 1).then_some(Cow::Borrowed(bytes)),
    };
    found.ok_or_else(|| ReadError::new(ReadErrorCode::Corrupt, format!("The picture has no page {page}")))
}

fn decoder(bytes: &[u8], kind: FileType) -> Result<impl ImageDecoder, ReadError> {
    let format = match kind {
        FileType::Png => ImageFormat::Png,
        FileType::Jpeg => ImageFormat::Jpeg,
        FileType::Tiff => ImageFormat::Tiff,
        FileType::Pdf | FileType::Xml | FileType::Message => {
            return Err(ReadError::new(ReadErrorCode::UnsupportedType, "This is no picture"));
        }
    };
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| as_read_error(&error))?;
    // Some decoders do not count the picture itself against the limit.
    if decoder.total_bytes() > MAX_MEMORY {
        return Err(too_many_pixels());
    }
    Ok(decoder)
}

/// Eight bits a channel, and no transparency.
fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return match picture.color().has_color() {
            true => DynamicImage::ImageRgb8(picture.into_rgb8()),
            false => DynamicImage::ImageLuma8(picture.into_luma8()),
        };
    }
    let source = picture.into_rgba8();
    let blend = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u16::from(colour), u16::from(alpha));
        ((colour * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    DynamicImage::ImageRgb8(image::RgbImage::from_fn(source.width(), source.height(), |x, y| {
        let [r, g, b, a] = source.get_pixel(x, y).0;
        image::Rgb([blend(r, a), blend(g, a), blend(b, a)])
    }))
}

fn as_read_error(error: &ImageError) -> ReadError {
    match error {
        ImageError::Limits(_) => too_many_pixels(),
        other => ReadError::new(ReadErrorCode::Corrupt, format!("The picture is damaged: {other}")),
    }
}

fn too_many_pixels() -> ReadError {
    ReadError::new(ReadErrorCode::TooComplex, "The picture has too many pixels")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgba, RgbaImage};

    fn written(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::ImageRgb8(image::RgbImage::new(width, height));
        picture.write_to(&mut bytes, format).expect("writes");
        bytes.into_inner()
    }

    #[test]
    fn pictures_of_every_kind_are_measured() {
        for (format, kind) in [
            (ImageFormat::Png, FileType::Png),
            (ImageFormat::Jpeg, FileType::Jpeg),
            (ImageFormat::Tiff, FileType::Tiff),
        ] {
            let reading = read(&written(format, 150, 300), kind).expect("reads");
            assert_eq!(reading.kind, DocumentKind::ScanImage);
            assert_eq!(reading.pages, [PageSize { width: 72.0, height: 144.0 }]);
            assert!(reading.notes.is_empty());
        }
    }

    #[test]
    fn a_page_image_is_narrowed_and_keeps_its_proportions() {
        let jpeg = written(ImageFormat::Jpeg, 400, 200);
        let png = page_png(&jpeg, FileType::Jpeg, 1, 100).expect("draws");
        let drawn = decode(&png, FileType::Png, 1).expect("a PNG");
        assert_eq!((drawn.width(), drawn.height()), (100, 50));
        let png = page_png(&jpeg, FileType::Jpeg, 1, 1000).expect("draws");
        assert_eq!(decode(&png, FileType::Png, 1).expect("a PNG").width(), 400);
        let error = page_png(&jpeg, FileType::Jpeg, 2, 100).expect_err("one page");
        assert_eq!(error.code, ReadErrorCode::Corrupt);
    }

    #[test]
    fn transparent_becomes_white() {
        let clear = RgbaImage::from_pixel(1, 1, Rgba([0, 0, 0, 0]));
        let drawn = on_white(DynamicImage::ImageRgba8(clear)).into_rgb8();
        assert_eq!(drawn.get_pixel(0, 0).0, [255, 255, 255]);
    }

    #[test]
    fn damaged_and_huge_pictures_are_refused() {
        let png = written(ImageFormat::Png, 50, 50);
        let cut = &png[..png.len() / 2];
        assert_eq!(read(cut, FileType::Png).expect_err("cut").code, ReadErrorCode::Corrupt);
        // A header that promises a million by a million pixels.
        let mut huge = png.clone();
        huge[16..20].copy_from_slice(&1_000_000u32.to_be_bytes());
        huge[20..24].copy_from_slice(&1_000_000u32.to_be_bytes());
        assert!(read(&huge, FileType::Png).is_err());
        let wide = written(ImageFormat::Png, MAX_SIDE + 1, 1);
        assert_eq!(read(&wide, FileType::Png).expect_err("wide").code, ReadErrorCode::TooComplex);
    }

    #[test]
    fn every_page_of_a_tiff_is_measured_and_drawn() {
        let tiff = tiff_pages::tests::tiff(&[10, 120, 230], 40);
        assert_eq!(read(&tiff, FileType::Tiff).expect("reads").pages.len(), 3);
        for (page, shade) in [(1, 10), (2, 120), (3, 230)] {
            let png = page_png(&tiff, FileType::Tiff, page, 100).expect("draws");
            let drawn = decode(&png, FileType::Png, 1).expect("a PNG").into_luma8();
            assert_eq!(drawn.get_pixel(5, 5).0, [shade]);
        }
        assert!(page_png(&tiff, FileType::Tiff, 4, 100).is_err());
    }
}
