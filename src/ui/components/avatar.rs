//! A person as two letters; the whole name is said aloud.

use crate::ui::format::initials;
use crate::ui::markup::{Markup, el};

pub fn avatar(name: &str) -> Markup {
    let letters = el("span").attr("aria-hidden", "true").text(initials(name));
    let whole = el("span").class("sr-only").text(name.to_owned());
    el("span").class("avatar").attr("title", name.to_owned()).child(letters).child(whole)
}
