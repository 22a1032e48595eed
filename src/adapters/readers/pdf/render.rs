//! Pictures of pages.

use super::{error, guarded, open, page_size};
use crate::domain::reading::{ReadError, ReadErrorCode};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use hayro_syntax::{Pdf, page::Page};
use image::{DynamicImage, GrayImage, RgbaImage};

/// Pictures narrower or wider than this, in pixels, are of no use to anybody.
const WIDTHS: std::ops::RangeInclusive<u32> = 16..=3000;
/// A very tall page is drawn smaller, so that it stays below this.
const MAX_HEIGHT: f32 = 8000.0;
/// And a picture never has more pixels than this: 16 million are 64 MB.
const MAX_PIXELS: f32 = 16_000_000.0;

/// Draws one page (`page` from 1) as a PNG on white, `width` pixels wide; a page that would become too large is drawn
/// smaller, and one out of all proportion is squeezed. Errors: as [`super::words`], and `Corrupt` when there is no such
/// page.
pub fn page_png(pdf: &[u8], page: u32, width: u32) -> Result<Vec<u8>, ReadError> {
    guarded(|| {
        let pdf = open(pdf)?;
        let pixmap = draw(page_of(&pdf, page)?, width);
        pixmap.into_png().map_err(|_| undrawable())
    })
}

/// Draws one page (`page` from 1) in grey, at a resolution in pixels to the inch. Limits and errors: as [`page_png`].
pub fn page_gray(pdf: &[u8], page: u32, dpi: f32) -> Result<GrayImage, ReadError> {
    guarded(|| {
        let pdf = open(pdf)?;
        let page = page_of(&pdf, page)?;
        let width = (page_size(page).width / 72.0 * dpi).round() as u32;
        let pixmap = draw(page, width);
        let (width, height) = (pixmap.width().into(), pixmap.height().into());
        // It stands on white, so that nothing of it is transparent.
        let colours = RgbaImage::from_raw(width, height, pixmap.data_as_u8_slice().to_vec()).ok_or_else(undrawable)?;
        drop(pixmap);
        Ok(DynamicImage::ImageRgba8(colours).into_luma8())
    })
}

fn page_of(pdf: &Pdf, page: u32) -> Result<&Page<'_>, ReadError> {
    let index = page.checked_sub(1).map_or(usize::MAX, |index| index as usize);
    pdf.pages().get(index).ok_or_else(|| error(ReadErrorCode::Corrupt, "This document has no such page."))
}

fn undrawable() -> ReadError {
    error(ReadErrorCode::Corrupt, "This page cannot be drawn.")
}

fn draw(page: &Page<'_>, width: u32) -> Pixmap {
    let (scale_x, scale_y) = scales(page, width);
    hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &PixmapSettings { x_scale: scale_x, y_scale: scale_y, bg_color: WHITE },
    )
}

/// Pixels per point, across and down. Both are the same unless the page's own size is absurd: hayro takes its pixels
/// as 16-bit numbers from the page's true size, so each side is held on its own.
fn scales(page: &Page<'_>, width: u32) -> (f32, f32) {
    let size = page_size(page);
    let width = width.clamp(*WIDTHS.start(), *WIDTHS.end()) as f32;
    let mut scale = (width / size.width).min(MAX_HEIGHT / size.height);
    let pixels = size.width * scale * size.height * scale;
    if pixels > MAX_PIXELS {
        scale *= (MAX_PIXELS / pixels).sqrt();
    }
    let (true_width, true_height) = page.render_dimensions();
    // One thousandth more than a whole pixel, so that rounding down never gives none or one too few.
    let side = |shown: f32, real: f32| {
        let pixels = (shown * scale).round().max(1.0) + 0.001;
        if real.is_finite() && real > 0.0 { pixels / real } else { 1.0 }
    };
    (side(size.width, true_width), side(size.height, true_height))
}
