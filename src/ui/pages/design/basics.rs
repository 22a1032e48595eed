//! Colours, sizes of type, buttons, marks, notes, progress.

use super::page::{nothing, part, row};
use crate::domain::status::Status;
use crate::ui::components::{
    avatar::avatar,
    button::{Button, IconButton, Look, SubmitButton},
    figures::figure,
    marks::{Known, Note, Tone, badge, known_mark, status_mark},
    progress::Progress,
    skeleton,
};
use crate::ui::icons::{self, Icon};
use crate::ui::pages::review::keys;
use leptos::prelude::*;

const COLOURS: [&str; 22] = [
    "surface",
    "raised",
    "sunken",
    "overlay",
    "hover",
    "ink",
    "muted",
    "faint",
    "line",
    "line-strong",
    "accent",
    "accent-strong",
    "accent-text",
    "accent-soft",
    "ok",
    "ok-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
    "info",
    "info-soft",
];
const TONES: [(Tone, &str, Icon); 5] = [
    (Tone::Neutral, "Neutral", icons::INFO),
    (Tone::Ok, "Ok", icons::OK),
    (Tone::Warn, "Warn", icons::WARN),
    (Tone::Bad, "Bad", icons::STOP),
    (Tone::Info, "Info", icons::INFO),
];
const LOOKS: [(Look, &str); 4] =
    [(Look::Primary, "Primary"), (Look::Plain, "Plain"), (Look::Quiet, "Quiet"), (Look::Danger, "Danger")];

pub fn parts() -> impl IntoView {
    [
        part("Colours", colours()),
        part("Type", type_sizes()),
        part("Buttons", buttons()),
        part("Marks", marks()),
        part("Notes", notes()),
        part("Progress", progress()),
        part("Keys of the review", keys::sheet()),
    ]
}

fn colours() -> impl IntoView {
    let swatches = COLOURS.map(|name| {
        let style = ["background: var(--", name, "); border: 1px solid var(--line-strong)"].concat();
        view! {
            <div class="grid gap-1 text-xs">
                <span class="h-8 rounded" style=style></span>
                {name}
            </div>
        }
    });
    view! { <div class="grid gap-3 grid-cols-[repeat(auto-fill,minmax(6rem,1fr))]">{swatches.collect_view()}</div> }
}

fn type_sizes() -> impl IntoView {
    let sizes = ["text-xs", "text-sm", "text-base", "text-lg", "text-xl"];
    sizes.map(|size| view! { <p class=size>{size} ": Invoice 2026-117 of 1,190.00 EUR"</p> }).collect_view()
}

fn buttons() -> impl IntoView {
    let off = Signal::stored(true);
    let plain = LOOKS.map(|(look, label)| view! { <Button label look on_press=nothing() /> }).collect_view();
    let disabled =
        LOOKS.map(|(look, label)| view! { <Button label look on_press=nothing() disabled=off /> }).collect_view();
    view! {
        {row(plain)} {row(disabled)}
        {row(
            view! {
                <Button label="Approve" look=Look::Primary icon_before=icons::CHECK keys="⌃↵" on_press=nothing() />
                <IconButton label="Undo" drawing=icons::UNDO on_press=nothing() />
                <IconButton label="Redo, off" drawing=icons::REDO on_press=nothing() disabled=off />
            },
        )}
        <div class="grid gap-2 max-w-60">
            <SubmitButton label="Sign in" pending=Signal::stored(false) />
            <SubmitButton label="Signing in" pending=Signal::stored(true) />
        </div>
    }
}

fn marks() -> impl IntoView {
    let known = [Known::Surely, Known::Confirmed, Known::Read, Known::ToCheck, Known::RuleFailed, Known::Absent];
    view! {
        {row(Status::ALL.map(status_mark).collect_view())} {row(known.map(known_mark).collect_view())}
        {row(TONES.map(|(tone, word, drawing)| badge(tone, drawing, word)).collect_view())}
        {row(["Ada", "Bo Li", "Cleo de la Tour"].map(avatar).collect_view())}
        <dl class="figures">{figure("30", "to do")} {figure("12", "done today")}</dl>
    }
}

fn notes() -> impl IntoView {
    let note = |(tone, word, drawing): (Tone, &'static str, Icon)| {
        view! { <Note tone drawing>{word} ": some sentences that stand out from the page."</Note> }
    };
    TONES.map(note).collect_view()
}

fn progress() -> impl IntoView {
    let bar = |percent: Option<u8>| {
        let name = percent.map_or("Not known".to_owned(), |percent| percent.to_string());
        view! { <Progress name percent=Signal::stored(percent) /> }
    };
    view! {
        <div class="grid gap-2 max-w-60">{[None, Some(0), Some(40), Some(100)].map(bar).collect_view()}</div>
        {skeleton::line("w-60")}
    }
}
