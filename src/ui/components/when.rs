//! Moments in the person's own time; the exact one, in UTC, is the tip.

use crate::ui::format::moment;
use crate::ui::reactive::effect;
use leptos::prelude::*;

/// The page comes with UTC, which server and browser agree on; the browser then turns it into local time.
pub fn when(at: i64) -> impl IntoView {
    let shown = RwSignal::new([moment(at).as_str(), " UTC"].concat());
    effect(move || shown.set(moment(at - minutes_behind_utc(at) * 60_000)));
    view! {
        <time class="num" title=[moment(at).as_str(), " UTC"].concat()>
            {move || shown.get()}
        </time>
    }
}

/// Of the browser's time zone at that moment: summer time counts.
fn minutes_behind_utc(at: i64) -> i64 {
    js_sys::Date::new(&(at as f64).into()).get_timezone_offset() as i64
}
