//! `/design`: every component in every state, for those who develop. A release has no such page.

#[cfg(debug_assertions)]
pub use shown::DesignPage;

/// The address of a page that only development has.
#[cfg(not(debug_assertions))]
#[leptos::component]
pub fn DesignPage() -> impl leptos::IntoView {
    super::not_found::missing_page()
}

#[cfg(debug_assertions)]
mod shown {
    use crate::domain::{error::AppError, status::Status};
    use crate::ui::components::{
        avatar::avatar,
        button::{Button, IconButton, Look, SubmitButton},
        dialog::Dialog,
        empty::Empty,
        failure::{Failure, not_refreshed, refused},
        field::{FormError, TextField},
        figures::figure,
        marks::{Known, Note, Tone, badge, known_mark, status_mark},
        pager::{Place, pager},
        progress::Progress,
        skeleton,
        table::{Sorted, sort_head},
        tabs::{Tab, tabs},
        toast::{ToastAction, Toasts},
    };
    use crate::ui::icons::{self, Icon};
    use crate::ui::layout::head::PageHead;
    use crate::ui::markup::el;
    use crate::ui::pages::invoices::search_from_elsewhere;
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

    fn nothing() -> Callback<()> {
        Callback::new(|()| ())
    }

    #[component]
    pub fn DesignPage() -> impl IntoView {
        view! {
            <PageHead title="Design" search=search_from_elsewhere() />
            <div class="page-body grid-cols-[minmax(0,1fr)] gap-8!" data-testid="design">
                {part("Colours", colours().into_any())} {part("Type", type_sizes().into_any())}
                {part("Buttons", buttons().into_any())} {part("Forms", forms().into_any())}
                {part("Marks", marks().into_any())} {part("Notes", notes().into_any())}
                {part("Lists", lists().into_any())} {part("Progress", progress().into_any())}
                {part("Empty and failed", states().into_any())} {part("Floats", floats().into_any())}
            </div>
        }
    }

    fn part(title: &'static str, shown: AnyView) -> impl IntoView {
        view! {
            <section class="grid gap-3" aria-label=title>
                <h2 class="text-lg font-semibold">{title}</h2>
                {shown}
            </section>
        }
    }

    fn row(shown: impl IntoView) -> impl IntoView {
        view! { <div class="flex flex-wrap items-center gap-3">{shown}</div> }
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

    fn forms() -> impl IntoView {
        view! {
            <form class="grid gap-3 max-w-100" novalidate>
                <TextField name="plain" label="Plain" />
                <TextField name="filled" label="With a hint" value="1,190.00".to_owned() hint="What is paid, with VAT" />
                <TextField name="required" label="Required" required=true />
                <FormError message=Signal::stored(Some("This is not an amount".to_owned())) />
                <label class="flex items-center gap-2">
                    <input type="checkbox" checked />
                    "Chosen"
                </label>
                <label class="flex items-center gap-2">
                    <input type="checkbox" disabled />
                    "Can not be chosen"
                </label>
            </form>
        }
    }

    fn marks() -> impl IntoView {
        let known = [Known::Surely, Known::Confirmed, Known::Read, Known::ToCheck, Known::RuleFailed, Known::Absent];
        view! {
            {row(Status::ALL.map(status_mark).collect_view())} {row(known.map(known_mark).collect_view())}
            {row(TONES.map(|(tone, word, drawing)| badge(tone, drawing, word)).collect_view())}
            {row(["Ada", "Bo Li", "Cleo de la Tour"].map(avatar).collect_view())}
        }
    }

    fn notes() -> impl IntoView {
        let note = |(tone, word, drawing): (Tone, &'static str, Icon)| {
            view! { <Note tone drawing>{word} ": some sentences that stand out from the page."</Note> }
        };
        TONES.map(note).collect_view()
    }

    fn lists() -> impl IntoView {
        let tab = |label, count, current| Tab { label, href: "#".to_owned(), count, current };
        let all = vec![tab("To review", Some(30), true), tab("Approved", None, false), tab("All", Some(0), false)];
        let head = |label, sorted| sort_head(label, sorted, "#".to_owned(), "");
        let place = |first, last, previous: Option<&str>, next: Option<&str>| {
            let (previous, next) = (previous.map(str::to_owned), next.map(str::to_owned));
            pager(Place { first, last, total: 120, previous, next }, "invoice", "invoices")
        };
        view! {
            {tabs("Examples", all, "design-tabs")}
            <dl class="figures">{figure("30", "to do")} {figure("12", "done today")}</dl>
            <table class="table">
                <thead>
                    <tr>
                        {head("Supplier", Sorted::Up)} {head("Gross", Sorted::Down)} {head("Due", Sorted::Not)}
                    </tr>
                </thead>
                <tbody>{skeleton::table_rows(2, 3).collect_view()}</tbody>
            </table>
            {place(1, 50, None, Some("#"))} {place(1, 120, None, None)}
        }
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

    fn states() -> impl IntoView {
        view! {
            <Empty drawing=icons::INVOICES title="Nothing to review" hint="What is uploaded shows up here." />
            <Failure message="The list could not be read" retry=nothing() />
            {refused(&AppError::Unreachable, nothing())} {not_refreshed(&AppError::Internal, nothing())}
        }
    }

    fn floats() -> impl IntoView {
        let toasts: Toasts = expect_context();
        let (open, wide) = (RwSignal::new(false), RwSignal::new(false));
        let again = || ToastAction::new("Undo", || ());
        let press = |run: fn(Toasts)| Callback::new(move |()| run(toasts));
        view! {
            {row(
                view! {
                    <Button label="Toast" on_press=press(|toasts| toasts.ok("Approved")) />
                    <Button
                        label="Toast with Undo"
                        on_press=Callback::new(move |()| toasts.ok_with("Rejected", again()))
                    />
                    <Button label="Toast of a failure" on_press=press(|toasts| toasts.failed("The server is away")) />
                    <Button label="Dialog" on_press=Callback::new(move |()| open.set(true)) />
                    <Button label="Wide dialog" on_press=Callback::new(move |()| wide.set(true)) />
                },
            )}
            {dialog(open, false)} {dialog(wide, true)}
        }
    }

    fn dialog(open: RwSignal<bool>, wide: bool) -> impl IntoView {
        view! {
            <Dialog open title=if wide { "A wide dialog" } else { "A dialog" } wide>
                <div class="dialog-body">{el("p").text("What it asks.")}</div>
                <div class="dialog-foot">
                    <Button label="Cancel" on_press=Callback::new(move |()| open.set(false)) />
                    <Button label="Do it" look=Look::Primary on_press=Callback::new(move |()| open.set(false)) />
                </div>
            </Dialog>
        }
    }
}
