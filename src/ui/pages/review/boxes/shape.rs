//! How a box on a page moves and grows, always within its page.

use crate::domain::reading::PageBox;

/// The smallest side: a share of the page that can still be seen and taken hold of.
const SMALLEST: f32 = 0.006;
/// A box that a person begins with: about a word or two.
const NEW_WIDTH: f32 = 0.2;
const NEW_HEIGHT: f32 = 0.022;

/// The corner that is dragged; the one across from it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

impl Corner {
    pub const ALL: [Corner; 4] = [Corner::TopLeft, Corner::TopRight, Corner::BottomLeft, Corner::BottomRight];

    pub fn as_str(self) -> &'static str {
        match self {
            Corner::TopLeft => "top-left",
            Corner::TopRight => "top-right",
            Corner::BottomLeft => "bottom-left",
            Corner::BottomRight => "bottom-right",
        }
    }

    pub fn parse(name: &str) -> Option<Corner> {
        Corner::ALL.into_iter().find(|corner| corner.as_str() == name)
    }

    fn is_left(self) -> bool {
        matches!(self, Corner::TopLeft | Corner::BottomLeft)
    }

    fn is_top(self) -> bool {
        matches!(self, Corner::TopLeft | Corner::TopRight)
    }
}

/// A box around a point of a page.
pub fn new_at(page: u32, x: f32, y: f32) -> PageBox {
    let place = PageBox { page, x: 0.0, y: 0.0, w: NEW_WIDTH, h: NEW_HEIGHT };
    moved(place, x - NEW_WIDTH / 2.0, y - NEW_HEIGHT / 2.0)
}

/// The box between two points of a page; None: too small to be meant.
pub fn between(page: u32, (from, to): ((f32, f32), (f32, f32))) -> Option<PageBox> {
    let (x, y) = (from.0.min(to.0), from.1.min(to.1));
    let (w, h) = ((from.0 - to.0).abs(), (from.1 - to.1).abs());
    (w >= SMALLEST && h >= SMALLEST).then_some(PageBox { page, x, y, w, h })
}

/// The box at another place of its page, no further than the edge.
pub fn moved(place: PageBox, x: f32, y: f32) -> PageBox {
    let (x, y) = (place.x + x, place.y + y);
    PageBox { x: x.clamp(0.0, (1.0 - place.w).max(0.0)), y: y.clamp(0.0, (1.0 - place.h).max(0.0)), ..place }
}

/// The box with a corner at another place.
pub fn resized(place: PageBox, corner: Corner, x: f32, y: f32) -> PageBox {
    let (x, w) = side(place.x, place.w, x, corner.is_left());
    let (y, h) = side(place.y, place.h, y, corner.is_top());
    PageBox { x, y, w, h, ..place }
}

/// Start and length of a side whose start, or else its end, goes `by` further.
fn side(start: f32, length: f32, by: f32, at_start: bool) -> (f32, f32) {
    let end = start + length;
    if at_start {
        let start = (start + by).clamp(0.0, (end - SMALLEST).max(0.0));
        (start, end - start)
    } else {
        let end = (end + by).clamp((start + SMALLEST).min(1.0), 1.0);
        (start, end - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: PageBox = PageBox { page: 2, x: 0.5, y: 0.25, w: 0.25, h: 0.125 };

    fn is(place: PageBox, x: f32, y: f32, w: f32, h: f32) -> bool {
        let near = |one: f32, other: f32| (one - other).abs() < 1e-5;
        place.page == 2 && near(place.x, x) && near(place.y, y) && near(place.w, w) && near(place.h, h)
    }

    #[test]
    fn a_box_moves_as_far_as_the_edge_and_keeps_its_size() {
        assert!(is(moved(PLACE, 0.125, -0.125), 0.625, 0.125, 0.25, 0.125));
        assert!(is(moved(PLACE, 2.0, -2.0), 0.75, 0.0, 0.25, 0.125));
        assert!(is(moved(PLACE, -2.0, 2.0), 0.0, 0.875, 0.25, 0.125));
    }

    #[test]
    fn a_corner_moves_and_the_one_across_stays() {
        assert!(is(resized(PLACE, Corner::BottomRight, 0.125, 0.125), 0.5, 0.25, 0.375, 0.25));
        assert!(is(resized(PLACE, Corner::TopLeft, -0.25, 0.0625), 0.25, 0.3125, 0.5, 0.0625));
        assert!(is(resized(PLACE, Corner::TopRight, 0.125, -0.125), 0.5, 0.125, 0.375, 0.25));
        assert!(is(resized(PLACE, Corner::BottomLeft, -0.5, 9.0), 0.0, 0.25, 0.75, 0.75));
    }

    #[test]
    fn a_box_is_always_on_its_page_and_has_a_size() {
        for corner in Corner::ALL {
            for (x, y) in [(-9.0, -9.0), (9.0, 9.0), (-9.0, 9.0), (0.0, 0.0)] {
                let place = resized(moved(PLACE, y, x), corner, x, y);
                assert!(place.is_on_its_page() && place.w >= SMALLEST - 1e-6, "{corner:?} {x} {y}: {place:?}");
            }
        }
        for at in [0.0, 0.5, 1.0] {
            assert!(new_at(1, at, at).is_on_its_page());
        }
    }

    #[test]
    fn a_frame_too_small_to_be_meant_is_none() {
        assert_eq!(between(1, ((0.5, 0.5), (0.75, 0.501))), None);
        let place = between(1, ((0.75, 0.5), (0.5, 0.25))).unwrap();
        assert_eq!((place.x, place.y, place.w, place.h), (0.5, 0.25, 0.25, 0.25));
    }

    #[test]
    fn corners_have_names() {
        assert!(Corner::ALL.into_iter().all(|corner| Corner::parse(corner.as_str()) == Some(corner)));
    }
}
