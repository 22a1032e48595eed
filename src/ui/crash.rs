//! What the person sees when the program in the page stops by an error of its own: from then on nothing answers, and
//! only loading the page again helps. Plain elements, since the views stopped too. Changes typed before are kept by the
//! browser ([`super::state::edits`]).

use leptos::prelude::document;
use std::panic::{PanicHookInfo, set_hook};

const NOTICE_ID: &str = "page-stopped";

/// Tells of panics from now on: the person by a notice, the developer by `log`. Browser only.
pub fn watch(log: fn(&PanicHookInfo<'_>)) {
    set_hook(Box::new(move |info| {
        log(info);
        // Without a body there is nobody to tell.
        _ = show();
    }));
}

fn show() -> Option<()> {
    let document = document();
    if document.get_element_by_id(NOTICE_ID).is_some() {
        return None;
    }
    let notice = document.create_element("div").ok()?;
    _ = notice.set_attribute("id", NOTICE_ID);
    _ = notice.set_attribute("class", "page-stopped");
    _ = notice.set_attribute("role", "alert");
    let words = document.create_element("p").ok()?;
    words.set_text_content(Some("This page has stopped by an error of ours. What you changed is kept."));
    let again = document.create_element("a").ok()?;
    again.set_text_content(Some("Load it again"));
    // An address with a fragment would only scroll.
    let address = document.location()?.href().ok()?;
    _ = again.set_attribute("href", address.split('#').next().unwrap_or_default());
    _ = again.set_attribute("class", "btn btn-primary");
    // Not for the router, which stopped too.
    _ = again.set_attribute("rel", "external");
    notice.append_child(&words).ok()?;
    notice.append_child(&again).ok()?;
    document.body()?.append_child(&notice).ok()?;
    Some(())
}
