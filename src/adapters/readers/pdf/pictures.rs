//! Where the pictures of a page stand, as coarse as it takes to tell a scan from a logo.

use hayro_interpret::kurbo::Rect;
use serde::{Deserialize, Serialize};

/// Fields of the raster that is laid over a page, across and down.
const FIELDS: usize = 32;

/// The fields of a page that pictures touch: a row of the raster a number, a field a bit. However many pictures there are
/// (some scanners cut a page into hundreds), it takes the same room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictures([u32; FIELDS]);

impl Pictures {
    /// Adds what a picture covers, in shares of the page. What lies off the page does not count.
    pub(super) fn add(&mut self, place: Rect) {
        let field = |side: f64| ((side * FIELDS as f64) as usize).min(FIELDS - 1);
        let is_shown = place.x0 < 1.0 && place.y0 < 1.0 && place.x1 > 0.0 && place.y1 > 0.0;
        if !is_shown || !place.is_finite() {
            return;
        }
        let bits = (field(place.x0)..=field(place.x1)).fold(0, |bits, at| bits | 1 << at);
        for row in &mut self.0[field(place.y0)..=field(place.y1)] {
            *row |= bits;
        }
    }

    /// A picture over this share of the page, from its top.
    #[cfg(test)]
    pub fn add_share(&mut self, share: f64) {
        self.add(Rect::new(0.0, 0.0, 1.0, share));
    }

    /// The share of the page that they cover, 0 to 1, somewhat more than less.
    pub fn covered(&self) -> f32 {
        self.0.iter().map(|row| row.count_ones()).sum::<u32>() as f32 / (FIELDS * FIELDS) as f32
    }

    /// Where the fields of a row of so many pixels end; a pixel belongs to the field that its middle is in.
    pub fn columns(width: usize) -> impl Iterator<Item = usize> {
        (1..=FIELDS).map(move |field| (width * field).saturating_sub(FIELDS / 2).div_ceil(FIELDS))
    }

    /// Whether one of them may show what stands at a place of the page.
    pub fn holds(&self, x: f32, y: f32) -> bool {
        let field = |side: f32| ((side * FIELDS as f32) as usize).min(FIELDS - 1);
        self.0.get(field(y)).is_some_and(|row| row & 1 << field(x) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pictures_cover_is_counted_once() {
        let mut pictures = Pictures::default();
        assert_eq!(pictures.covered(), 0.0);
        pictures.add(Rect::new(0.0, 0.0, 0.99, 0.49));
        pictures.add(Rect::new(0.2, 0.2, 0.4, 0.4));
        assert_eq!(pictures.covered(), 0.5);
        assert!(pictures.holds(0.5, 0.3) && !pictures.holds(0.5, 0.6));
    }

    #[test]
    fn a_page_in_thin_strips_is_covered() {
        let mut pictures = Pictures::default();
        for strip in 0..400 {
            let top = f64::from(strip) / 400.0;
            pictures.add(Rect::new(0.0, top, 1.0, top + 1.0 / 400.0));
        }
        assert_eq!(pictures.covered(), 1.0);
    }

    #[test]
    fn what_lies_off_the_page_or_nowhere_is_nothing() {
        let mut pictures = Pictures::default();
        pictures.add(Rect::new(1.0, 0.0, 2.0, 1.0));
        pictures.add(Rect::new(-2.0, -2.0, -1.0, 0.0));
        pictures.add(Rect::new(f64::NAN, 0.0, 1.0, 1.0));
        assert_eq!(pictures, Pictures::default());
        pictures.add(Rect::new(-5.0, -5.0, 5.0, 5.0));
        assert_eq!(pictures.covered(), 1.0);
    }
}
