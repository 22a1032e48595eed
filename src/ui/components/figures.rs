//! A line of figures: number first, its name after it.

use crate::ui::markup::{Markup, el};

pub fn figure(value: impl Into<String>, name: &'static str) -> Markup {
    el("div").child(el("dt").text(name)).child(el("dd").text(value.into()))
}
