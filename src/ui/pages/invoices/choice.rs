//! Invoices chosen in the list, for a step of all of them: by their boxes, or by keys in a row. What is done with them is
//! in [`super::bulk`], which is loaded with the first choice.

use super::{attention::Attention, bulk, shown::Shown};
use crate::domain::{
    ids::{InvoiceId, UserId},
    invoice::{InvoiceSummary, SeenInvoice},
    roles::Right,
    status::Step,
};
use crate::ui::components::{focus, toast::Toasts};
use crate::ui::layout::{Session, keys::is_plain};
use crate::ui::reactive::effect;
use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlInputElement, KeyboardEvent, MouseEvent};

/// What the person may do with invoices, whatever state these are in.
#[derive(Clone, Copy)]
pub struct May {
    pub edit: bool,
    pub approve: bool,
}

impl May {
    pub fn any(self) -> bool {
        self.edit || self.approve
    }

    pub fn take(self, step: Step) -> bool {
        if step.right() == Right::Approve { self.approve } else { self.edit }
    }
}

/// Invoices in the order they were chosen, each as its row showed it then: what changes later is not what was chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    invoices: Vec<SeenInvoice>,
    /// Where a range begins: the one chosen last.
    anchor: Option<InvoiceId>,
}

impl Chosen {
    pub fn invoices(&self) -> &[SeenInvoice] {
        &self.invoices
    }

    pub fn has(&self, id: InvoiceId) -> bool {
        self.invoices.iter().any(|invoice| invoice.id == id)
    }

    /// Chooses the invoice of a row, or no longer; with `range`, all rows from the one before up to it.
    fn mark(&mut self, rows: &[InvoiceSummary], id: InvoiceId, on: bool, range: bool) {
        let place = |id: InvoiceId| rows.iter().position(|row| row.id == id);
        let Some(to) = place(id) else { return };
        let from = self.anchor.filter(|_| range).and_then(place).unwrap_or(to);
        let (first, last) = (from.min(to), from.max(to));
        rows.iter().take(last + 1).skip(first).for_each(|row| self.set(row, on));
        self.anchor = Some(id);
    }

    fn set(&mut self, row: &InvoiceSummary, on: bool) {
        if !on {
            self.invoices.retain(|invoice| invoice.id != row.id);
        } else if !self.has(row.id) {
            self.invoices.push(SeenInvoice { id: row.id, version: row.version });
        }
    }

    /// What is no longer in the list is no longer chosen. False: nothing had left.
    fn keep(&mut self, rows: &[InvoiceSummary]) -> bool {
        let before = self.invoices.len();
        self.invoices.retain(|invoice| rows.iter().any(|row| row.id == invoice.id));
        self.invoices.len() != before
    }

    pub fn forget(&mut self, id: InvoiceId) {
        self.invoices.retain(|invoice| invoice.id != id);
    }
}

/// The choice of the list that is shown. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Choice {
    pub chosen: RwSignal<Chosen>,
    pub shown: Memo<Option<Shown>>,
    pub may: May,
    pub attention: Attention,
    pub toasts: Toasts,
    /// Whoever is signed in.
    pub me: RwSignal<Option<UserId>>,
    bar: RwSignal<Option<bulk::Bar>>,
}

impl Choice {
    pub fn new(shown: Memo<Option<Shown>>, may: May, attention: Attention) -> Choice {
        let (chosen, bar) = (RwSignal::new(Chosen::default()), RwSignal::new(None));
        let me = RwSignal::new(None);
        let session: Session = expect_context();
        effect(move || me.set(session.person().map(|person| person.user_id)));
        let choice = Choice { chosen, shown, may, attention, toasts: expect_context(), me, bar };
        effect(move || {
            shown.with(|shown| {
                let rows = shown.as_ref().map_or(&[][..], |shown| &shown.rows);
                choice.chosen.maybe_update(|chosen| chosen.keep(rows));
            });
            choice.chosen.track();
            request_animation_frame(move || choice.show());
        });
        choice
    }

    /// The bar, once its code is there.
    pub fn bar(self) -> Option<AnyView> {
        self.bar.get().map(|bar| bar(self))
    }

    /// A box was clicked: that of a row, or that of all.
    pub fn clicked(self, event: &MouseEvent) {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        match input.value().parse() {
            Ok(id) => self.mark(id, input.checked(), event.shift_key()),
            Err(_) => self.mark_all(input.checked()),
        }
    }

    /// In a row, `x` or Space chooses it, with Shift all up to it; `b` goes to the bar; Escape chooses nothing.
    pub fn pressed(self, event: &KeyboardEvent) {
        if !self.may.any() || !is_plain(event) {
            return;
        }
        match event.key().as_str() {
            "Escape" => self.clear(),
            "b" => _ = focus::focus_first(".bulk button"),
            key @ ("x" | "X" | " ") => {
                let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                // On a box, Space is a click.
                let target = target.filter(|target| key != " " || !target.matches("button, .choose").unwrap_or(true));
                let row = target.and_then(|target| target.closest("[data-id]").ok().flatten());
                let id = row.and_then(|row| row.get_attribute("data-id")?.parse().ok());
                let Some(id) = id else { return };
                event.prevent_default();
                let range = event.shift_key();
                self.mark(id, range || !self.chosen.with_untracked(|chosen| chosen.has(id)), range);
            }
            _ => {}
        }
    }

    /// Chooses an invoice, or no longer; with `range`, all from the one before up to it.
    pub fn mark(self, id: InvoiceId, on: bool, range: bool) {
        self.update(|chosen, rows| chosen.mark(rows, id, on, range));
    }

    pub fn mark_all(self, on: bool) {
        self.update(|chosen, rows| rows.iter().for_each(|row| chosen.set(row, on)));
    }

    pub fn clear(self) {
        self.chosen.set(Chosen::default());
    }

    fn update(self, change: impl FnOnce(&mut Chosen, &[InvoiceSummary])) {
        self.shown.with_untracked(|shown| {
            let rows = shown.as_ref().map_or(&[][..], |shown| &shown.rows);
            self.chosen.update(|chosen| change(chosen, rows));
        });
        self.load_bar();
    }

    fn load_bar(self) {
        if self.bar.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            match bulk::bar().await {
                // By now the page may be gone.
                Ok(bar) => _ = self.bar.try_set(Some(bar)),
                Err(_) => self.toasts.failed("The server can not be reached, so nothing can be done with these now"),
            }
        });
    }

    /// Ticks the boxes of what is chosen. What a person ticks is the browser's own, so it is not in the markup.
    fn show(self) {
        if !self.may.any() {
            return;
        }
        let Ok(boxes) = document().query_selector_all(".choose") else { return };
        _ = self.chosen.try_with_untracked(|chosen| {
            let rows = boxes.length().saturating_sub(1) as usize;
            let count = chosen.invoices.len();
            for at in 0..boxes.length() {
                let Some(input) = boxes.get(at).and_then(|found| found.dyn_into::<HtmlInputElement>().ok()) else {
                    continue;
                };
                match input.value().parse() {
                    Ok(id) => input.set_checked(chosen.has(id)),
                    Err(_) => {
                        input.set_checked(count > 0 && count >= rows);
                        input.set_indeterminate(count > 0 && count < rows);
                    }
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::summary;
    use super::*;

    fn rows(ids: &[u128]) -> Vec<InvoiceSummary> {
        ids.iter().map(|id| summary(*id)).collect()
    }

    fn ids(chosen: &Chosen) -> Vec<u128> {
        chosen.invoices().iter().map(|invoice| invoice.id.0.as_u128()).collect()
    }

    #[test]
    fn a_range_goes_from_the_one_before_either_way() {
        let (rows, mut chosen) = (rows(&[9, 8, 7, 6, 5]), Chosen::default());
        chosen.mark(&rows, rows[3].id, true, true);
        assert_eq!(ids(&chosen), [6], "nothing was chosen before");
        chosen.mark(&rows, rows[1].id, true, true);
        assert_eq!(ids(&chosen), [6, 8, 7]);
        chosen.mark(&rows, rows[2].id, false, true);
        assert_eq!(ids(&chosen), [6]);
        chosen.mark(&rows, rows[0].id, true, false);
        assert_eq!(ids(&chosen), [6, 9]);
    }

    #[test]
    fn what_left_the_list_is_not_chosen_and_what_changed_is_chosen_as_it_was() {
        let (before, mut chosen) = (rows(&[3, 2, 1]), Chosen::default());
        before.iter().for_each(|row| chosen.set(row, true));
        let mut after = rows(&[4, 3, 1]);
        after[1].version = 7;
        assert!(chosen.keep(&after) && !chosen.keep(&after));
        assert_eq!(ids(&chosen), [3, 1]);
        chosen.mark(&after, after[1].id, true, false);
        assert_eq!(chosen.invoices()[0].version, 1);
    }
}
