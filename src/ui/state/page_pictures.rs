//! Where the pictures of pages are. A browser takes the width that it shows: a page is painted sooner when its picture is
//! no wider than that, and stays sharp when it is zoomed.

use crate::domain::ids::InvoiceId;

/// Widths of pictures that the server keeps, in pixels.
pub const WIDTHS: [u32; 3] = [800, 1200, 1800];
pub const THUMBNAIL: u32 = 200;

/// The picture of a page, from 1, so many pixels wide.
pub fn page_url(id: InvoiceId, number: usize, width: u32) -> String {
    ["/api/v1/invoices/", &id.to_string(), "/pages/", &number.to_string(), ".png?width=", &width.to_string()].concat()
}

/// All widths of it, as `srcset`.
pub fn page_sources(id: InvoiceId, number: usize) -> String {
    let source = |width: u32| [page_url(id, number, width).as_str(), " ", &width.to_string(), "w"].concat();
    WIDTHS.map(source).join(", ")
}

/// How wide a page is shown, as `sizes`: what the style sheet makes of the room beside the values. `zoom` is in per cent.
pub fn page_sizes(zoom: u16) -> String {
    let zoom = zoom.to_string();
    let times = |width: &str| ["calc(", width, " * ", &zoom, " / 100)"].concat();
    let beside = times("(100vw - 45rem)");
    ["(min-width: 105rem) ", &times("60rem"), ", (min-width: 64rem) ", &beside, ", ", &times("100vw")].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_page_has_all_its_widths() {
        let id = InvoiceId(Uuid::nil());
        let page = "/api/v1/invoices/00000000-0000-0000-0000-000000000000/pages/2.png?width=";
        assert_eq!(page_sources(id, 2), format!("{page}800 800w, {page}1200 1200w, {page}1800 1800w"));
    }

    #[test]
    fn a_zoomed_page_is_shown_wider() {
        assert_eq!(
            page_sizes(150),
            "(min-width: 105rem) calc(60rem * 150 / 100), (min-width: 64rem) calc((100vw - 45rem) * 150 / 100), \
             calc(100vw * 150 / 100)"
        );
    }
}
