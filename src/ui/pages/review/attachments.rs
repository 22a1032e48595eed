//! What came with the invoice: files inside the document, to be kept, and addresses of documents elsewhere. Nothing of
//! them is shown in the page: whoever sent the invoice chose what is in them.

use super::model::Review;
use crate::api::invoices::load_attachments;
use crate::domain::attachment::{Attachment, Content, host_of};
use crate::ui::format::bytes;
use crate::ui::icons::{self, icon};
use crate::ui::reactive::{effect, memo};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Attachments(
    review: Review,
    /// What was found: print shows it too.
    found: RwSignal<Vec<Attachment>>,
) -> impl IntoView {
    // Asked for once the page stands and the document was read: most invoices have none.
    let is_read = memo(move || review.detail.with(|detail| detail.kind.is_some()));
    effect(move || {
        if is_read.get() {
            spawn_local(async move {
                if let Ok(all) = load_attachments(review.id).await {
                    _ = found.try_set(all);
                }
            });
        }
    });
    move || found.with(|all| (!all.is_empty()).then(|| list(review, all)))
}

/// Them all, with what can be done with each.
pub fn list(review: Review, all: &[Attachment]) -> impl IntoView + use<> {
    let count = all.len().to_string();
    let rows = all.iter().map(|one| row(review, one)).collect_view();
    view! {
        <details class="fold" open data-testid="attachments">
            <summary>
                {icon(icons::RIGHT)} "Attachments" <span class="count">{count}</span>
            </summary>
            <div>
                <ul class="files">{rows}</ul>
            </div>
        </details>
    }
}

/// What it is, and how large.
pub fn told(one: &Attachment) -> String {
    let told = |what: &str| [one.kind.as_str(), " · ", what].concat();
    match &one.content {
        Content::Size(size) => told(&bytes(i64::try_from(*size).unwrap_or(i64::MAX))),
        Content::Address(_) => "Elsewhere, not fetched".to_owned(),
        Content::Unreadable(why) => told(why),
    }
}

fn row(review: Review, one: &Attachment) -> impl IntoView + use<> {
    let (name, told) = (one.name.clone(), told(one));
    let action = match &one.content {
        Content::Size(_) => download(review, one).into_any(),
        Content::Address(address) => link(address).into_any(),
        Content::Unreadable(_) => ().into_any(),
    };
    let description = one.description.clone().filter(|words| *words != name);
    let address = match &one.content {
        Content::Address(address) => {
            Some(view! { <span class="file-told mono wrap-anywhere">{address.clone()}</span> })
        }
        _ => None,
    };
    view! {
        <li>
            {icon(icons::DOCUMENT)}
            <div class="min-w-0">
                <div class="file-name wrap-anywhere">{name}</div>
                {description.map(|words| view! { <div class="file-told wrap-anywhere">{words}</div> })}
                <div class="file-told num">{told}</div>
                {address}
            </div>
            {action}
        </li>
    }
}

fn download(review: Review, one: &Attachment) -> impl IntoView + use<> {
    let path = ["/api/v1/invoices/", &review.id.to_string(), "/attachments/", &one.number.to_string()].concat();
    view! {
        <a class="btn" href=path rel="external" download=one.name.clone()>
            {icon(icons::DOWNLOAD)}
            "Download"
            <span class="sr-only">" " {one.name.clone()}</span>
        </a>
    }
}

/// Only the person opens it, knowing the host; the other side learns nothing of this one.
fn link(address: &str) -> impl IntoView + use<> {
    host_of(address).map(|host| {
        view! {
            <a class="btn" href=address.to_owned() target="_blank" rel="external noopener noreferrer">
                "Open " {host.to_owned()}
                <span class="sr-only">" in a new tab"</span>
            </a>
        }
    })
}
