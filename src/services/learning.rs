//! Learning from corrections: after a decision what people corrected becomes rules for the supplier's next invoice, and
//! a reading is put right by them before it is saved.
//!
//! A decision only puts the invoice on a list, in its own transaction. What follows (reading the document again, looking
//! for the corrected values among its words) is done afterwards, by whoever works ([`Services::learn_next`]): it slows no
//! approval, outlives a crash, and comes to the same however often it is done.

use super::{Services, bank_accounts::supplier_keys, review::Fields};
use crate::{
    db::{
        self, Conn,
        fields::StoredField,
        invoices::{InvoiceRow, today},
        learned::{self, Outcome, Queued, StoredRule, StoredSupplier, StoredUse},
        now_ms,
    },
    domain::{
        bank_account::SupplierKeys,
        error::AppError,
        field::Field,
        ids::InvoiceId,
        learning::{self, DROPPED_AFTER, Hint, Known, LearnedFrom, Lesson, Misreading, Pages},
        reading::{DocumentKind, PageBox, PageWord, Reading, Source},
        status::Step,
    },
};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Pages whose words are looked at: the first, where the head is, and the last, where the totals are.
const FIRST_PAGES: u32 = 3;
const LAST_PAGES: u32 = 2;
/// Tries of one invoice, and how long after one that failed.
const MAX_ATTEMPTS: i64 = 5;
const AGAIN_AFTER_MS: i64 = 10_000;
/// The most rules of one value of a supplier: it has that many layouts at most.
const MOST_RULES: usize = 4;

/// Puts an invoice on the list of those to learn from, within the transaction of the decision on it.
pub(super) async fn decided(conn: &mut Conn, step: Step, row: &InvoiceRow, at: i64) -> Result<(), AppError> {
    let is_read_from_pages =
        [DocumentKind::TextPdf, DocumentKind::ScanImage].iter().any(|kind| Some(kind.as_str()) == row.kind.as_deref());
    if matches!(step, Step::Submit | Step::Approve) && is_read_from_pages {
        learned::queue_put(conn, row.summary.id, at).await?;
    }
    Ok(())
}

/// Keeps which values of an invoice were read by which rules, within the transaction that saves them. A value that people
/// entered or confirmed outlives reading again, and so does which rule had read it: how it did still counts.
pub(super) async fn used(conn: &mut Conn, id: InvoiceId, fields: &Fields, at: i64) -> Result<(), AppError> {
    let by_rule = |(field, stored): (&Field, &StoredField)| {
        let from = stored.value.learned.as_ref()?;
        let value = stored.value.value.clone();
        Some(StoredUse { rule: from.rule.clone(), field: *field, value, outcome: Outcome::Used })
    };
    let is_kept = |(_, stored): &(&Field, &StoredField)| stored.value.verified_by.is_some();
    let (kept, read): (Vec<_>, Vec<_>) = fields.iter().partition(is_kept);
    let now: Vec<StoredUse> = read.into_iter().filter_map(by_rule).collect();
    let kept: BTreeSet<Field> = kept.into_iter().map(|(field, _)| *field).collect();
    Ok(learned::use_replace(conn, id, &now, &kept, at).await?)
}

/// What the history says of a reading that learned rules had a part in.
pub(super) fn told(reading: &Reading) -> Option<String> {
    let fields: Vec<String> = reading.learned.keys().map(|field| super::review::full_label(*field)).collect();
    (!fields.is_empty()).then(|| ["As learned from corrections: ", &fields.join(", ")].concat())
}

impl Services {
    /// Puts a fresh reading right by what was learned for its supplier. What fails here leaves the reading as it is.
    pub async fn learned_apply(&self, document: &Bytes, reading: &mut Reading) {
        if let Err(error) = self.apply(document, reading).await {
            tracing::warn!(%error, "what was learned could not be used");
        }
    }

    async fn apply(&self, document: &Bytes, reading: &mut Reading) -> Result<(), AppError> {
        let is_of_pages = matches!(reading.kind, DocumentKind::TextPdf | DocumentKind::ScanImage);
        if !is_of_pages || !learned::learned_any(&mut *self.store.read().await?).await? {
            return Ok(());
        }
        let Some(supplier) = self.supplier_of_reading(document, reading).await? else { return Ok(()) };
        let rules = learned::rule_list(&mut *self.store.read().await?, &supplier.id).await?;
        let pages = self.pages_of(document, reading).await?;
        let read = reading.clone();
        let chosen = apart(move || {
            let chosen = learning::choose(&pages, &known(&rules), &read, &today());
            (rules, chosen)
        });
        let (rules, chosen) = chosen.await?;
        for (field, used) in chosen {
            let Some(StoredRule { id, person, at, .. }) = rules.get(used.rule) else { continue };
            let from = LearnedFrom { rule: id.clone(), person: person.clone(), at: *at };
            reading.learned.insert(field, from);
            reading.fields.insert(field, used.value);
        }
        Ok(())
    }

    /// The supplier that the reading names; else the one whose letterhead the document has.
    async fn supplier_of_reading(
        &self,
        document: &Bytes,
        reading: &Reading,
    ) -> Result<Option<StoredSupplier>, AppError> {
        let value = |field: Field| reading.fields.get(&field).map_or("", |read| read.value.as_str());
        let keys = supplier_keys(value);
        if let Some(named) = learned::supplier_by_keys(&mut *self.store.read().await?, &keys).await? {
            return Ok(Some(named));
        }
        let first = self.words_of(document, reading, 1).await?;
        let marks = learning::marks(&Pages::new(1, first), value);
        by_letterhead(&mut *self.store.read().await?, &keys, &marks).await
    }

    /// A reading that OCR had a part in has them; a text layer is asked for its.
    async fn words_of(&self, document: &Bytes, reading: &Reading, page: u32) -> Result<Vec<PageWord>, AppError> {
        if reading.kind == DocumentKind::ScanImage || !reading.words.is_empty() {
            return Ok(reading.words.iter().filter(|word| word.place.page == page).cloned().collect());
        }
        self.reader.page_words(document.clone(), page).await.map_err(unreadable)
    }

    async fn pages_of(&self, document: &Bytes, reading: &Reading) -> Result<Pages, AppError> {
        let count = u32::try_from(reading.pages.len()).unwrap_or(u32::MAX);
        let mut words = Vec::new();
        for page in (1..=count).filter(|page| *page <= FIRST_PAGES || *page + LAST_PAGES > count) {
            words.extend(self.words_of(document, reading, page).await?);
        }
        Ok(Pages::new(count, words))
    }

    /// Learns from the next decided invoice. False: none waits.
    pub async fn learn_next(&self) -> Result<bool, AppError> {
        let queued = learned::queue_next(&mut *self.store.read().await?, now_ms()).await?;
        let Some(queued) = queued else { return Ok(false) };
        if let Err(error) = self.learn_from(&queued).await {
            tracing::warn!(%error, invoice_id = %queued.invoice, attempts = queued.attempts, "could not learn from an invoice");
            let mut tx = self.store.begin_quiet().await?;
            match queued.attempts + 1 < MAX_ATTEMPTS {
                true => learned::queue_later(&mut tx, &queued, now_ms() + AGAIN_AFTER_MS).await?,
                false => _ = learned::queue_take(&mut tx, &queued).await?,
            }
            tx.commit().await.map_err(db::StoreError::from)?;
        }
        Ok(true)
    }

    async fn learn_from(&self, queued: &Queued) -> Result<(), AppError> {
        let (row, fields) = {
            let mut conn = self.store.read().await?;
            (
                db::invoices::invoice_get(&mut conn, queued.invoice).await?,
                db::fields::field_list(&mut conn, queued.invoice).await?,
            )
        };
        let studied = match &row {
            Some(row) if has_corrections(&fields) => Some(self.study(row, &fields).await?),
            _ => None,
        };
        // Serial with readings, which count for the same rules, and with others that learn of the same new supplier.
        let mut tx = self.store.begin().await?;
        if !learned::queue_take(&mut tx, queued).await? {
            return Ok(());
        }
        let learned = match (row, studied) {
            // It was deleted since: nobody knows any more what people made of its values.
            (None, _) => 0,
            (Some(_), Some(studied)) => keep(&mut tx, queued, &fields, studied).await?,
            (Some(_), None) => settle(&mut tx, queued.invoice, &fields, &BTreeSet::new()).await.map(|_| 0)?,
        };
        tx.commit().await.map_err(db::StoreError::from)?;
        tracing::info!(invoice_id = %queued.invoice, learned, "learned from a decided invoice");
        Ok(())
    }

    /// Reads the document again, as if nothing had been learned, and looks for what people corrected.
    async fn study(&self, row: &InvoiceRow, fields: &Fields) -> Result<Studied, AppError> {
        let id = row.summary.id;
        let document = self.files.document(&row.file_hash).await;
        let document = document.map_err(|error| super::invoices::file_failed(id, &error))?;
        let plain = self.reader.read(document.clone()).await.map_err(unreadable)?;
        let pages = self.pages_of(&document, &plain).await?;
        let fields = fields.clone();
        apart(move || studied(&pages, &plain, &fields)).await
    }
}

/// Looks at words on a thread of its own: on pages full of them that takes longer than others, or a lease, may wait.
async fn apart<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(look).await.map_err(|error| {
        tracing::error!(%error, "looking at words stopped");
        AppError::Internal
    })
}

/// Rules as they are asked.
fn known(rules: &[StoredRule]) -> Vec<Known<'_>> {
    rules.iter().map(|rule| Known { hint: &rule.hint, is_trusted: rule.is_trusted() }).collect()
}

/// What people left, held against the plain reading and the words of the pages.
fn studied(pages: &Pages, plain: &Reading, fields: &Fields) -> Studied {
    let value = |field: Field| fields.get(&field).map_or("", |stored| stored.value.value.as_str());
    let read = |field: Field| plain.fields.get(&field).map_or("", |read| read.value.as_str());
    let keys = supplier_keys(value);
    let read_keys = supplier_keys(read);
    let misread_vat_id = if read_keys.vat_id == keys.vat_id { String::new() } else { read_keys.vat_id };
    let plainly_right = |field: &Field| read(*field) == value(*field) && !value(*field).is_empty();
    Studied {
        hints: hints(pages, plain, fields),
        plainly_right: Field::ALL.iter().copied().filter(plainly_right).collect(),
        marks: learning::marks(pages, value),
        name: value(Field::SupplierName).to_owned(),
        keys,
        misread_vat_id,
    }
}

/// Where the values stand that people corrected.
fn hints(pages: &Pages, plain: &Reading, fields: &Fields) -> BTreeMap<Field, Hint> {
    let mut hints = BTreeMap::new();
    for (field, stored) in corrections(fields) {
        let read = plain.fields.get(&field).filter(|read| !read.value.is_empty());
        if read.is_some_and(|read| read.value == stored.value.value) {
            continue;
        }
        let lesson = Lesson {
            field,
            value: &stored.value.value,
            instead_of: read.map(|read| Misreading { value: read.value.clone(), confidence: read.confidence }),
            place: stored.value.place,
            taken: &taken(fields, field),
        };
        if let Some(hint) = learning::learn(pages, &lesson) {
            hints.insert(field, hint);
        }
    }
    hints
}

/// What a decided invoice teaches.
struct Studied {
    hints: BTreeMap<Field, Hint>,
    /// Fields that are right without anything learned.
    plainly_right: BTreeSet<Field>,
    marks: Vec<String>,
    name: String,
    keys: SupplierKeys,
    misread_vat_id: String,
}

/// Values that people entered; lines and VAT rows are not learned.
fn corrections(fields: &Fields) -> impl Iterator<Item = (Field, &StoredField)> {
    let is_correction = |stored: &StoredField| {
        stored.value.source == Source::User && stored.value.verified_by.is_some() && !stored.value.value.is_empty()
    };
    let single = fields.iter().filter(|(field, _)| field.row().is_none());
    single.filter(move |(_, stored)| is_correction(stored)).map(|(field, stored)| (*field, stored))
}

fn has_corrections(fields: &Fields) -> bool {
    corrections(fields).next().is_some()
}

/// Where the values of other fields stand.
fn taken(fields: &Fields, field: Field) -> Vec<PageBox> {
    let others = fields.iter().filter(|(other, _)| **other != field && other.row().is_none());
    others.filter_map(|(_, stored)| stored.value.place).collect()
}

/// The supplier whose letterhead this is, if what is known of it does not speak against that.
async fn by_letterhead(
    conn: &mut Conn,
    keys: &SupplierKeys,
    marks: &[String],
) -> Result<Option<StoredSupplier>, AppError> {
    let Some((supplier, found, known)) = learned::supplier_by_marks(conn, marks).await? else { return Ok(None) };
    let read = &keys.vat_id;
    let is_other = !read.is_empty()
        && !supplier.keys.vat_id.is_empty()
        && *read != supplier.keys.vat_id
        && *read != supplier.misread_vat_id;
    Ok((learning::resembles(found, known) && !is_other).then_some(supplier))
}

/// The rules that were wrong on an invoice.
#[derive(Default)]
struct Wrong {
    /// To be replaced by what the invoice teaches.
    left: BTreeMap<Field, String>,
    /// Too often, or where the reading without them was right.
    dropped: BTreeSet<Field>,
}

/// Counts what people made of the values that rules read, and drops rules that are no good.
async fn settle(
    conn: &mut Conn,
    id: InvoiceId,
    fields: &Fields,
    plainly_right: &BTreeSet<Field>,
) -> Result<Wrong, AppError> {
    let mut wrong = Wrong::default();
    for one in learned::use_list(conn, id).await? {
        let is_left = fields.get(&one.field).is_some_and(|stored| stored.value.value == one.value);
        let outcome = if is_left { Outcome::Confirmed } else { Outcome::Corrected };
        learned::use_settle(conn, id, &one, outcome).await?;
        if is_left {
            continue;
        }
        let Some(rule) = learned::rule_get(conn, &one.rule).await? else { continue };
        if rule.corrected_in_row >= DROPPED_AFTER || plainly_right.contains(&one.field) {
            learned::rule_delete(conn, &one.rule).await?;
            wrong.dropped.insert(one.field);
        } else {
            wrong.left.insert(one.field, one.rule);
        }
    }
    Ok(wrong)
}

/// Keeps what was learned: in the place of the rule that was wrong, else beside those there are. Gives how many.
async fn keep(conn: &mut Conn, queued: &Queued, fields: &Fields, mut studied: Studied) -> Result<usize, AppError> {
    let wrong = settle(conn, queued.invoice, fields, &studied.plainly_right).await?;
    studied.hints.retain(|field, _| !wrong.dropped.contains(field));
    if studied.hints.is_empty() {
        return Ok(0);
    }
    let Some(supplier) = supplier_of(conn, &studied).await? else { return Ok(0) };
    let rules = learned::rule_list(conn, &supplier).await?;
    let mut kept = 0;
    for (field, hint) in studied.hints {
        let own: Vec<&StoredRule> = rules.iter().filter(|rule| rule.hint.field == field).collect();
        let from_here = own.iter().find(|rule| rule.invoice == queued.invoice);
        // The invoice may have been taken for another supplier's, whose rule is right there; and a rule may be forgotten.
        let misled = wrong.left.get(&field).filter(|id| own.iter().any(|rule| rule.id == **id));
        let replaced = misled.or(from_here.map(|rule| &rule.id));
        // Decided again, an invoice teaches the same; and so may another one.
        let is_known = |rule: &&&StoredRule| rule.hint.is_like(&hint) && Some(&rule.id) != misled;
        let (None, Some(stored)) = (own.iter().chain(from_here).find(is_known), fields.get(&field)) else { continue };
        if let (None, true, Some(oldest)) = (replaced, own.len() >= MOST_RULES, own.last()) {
            learned::rule_delete(conn, &oldest.id).await?;
        }
        let id = replaced.cloned().unwrap_or_else(|| Uuid::now_v7().to_string());
        let (person, at) = (stored.changed_by.clone(), stored.changed_at);
        let rule = StoredRule::new(id, supplier.clone(), hint, person, at, queued.invoice);
        learned::rule_put(conn, &rule).await?;
        kept += 1;
    }
    Ok(kept)
}

/// The id of the supplier, as it is known or new. None: nothing tells it apart.
async fn supplier_of(conn: &mut Conn, studied: &Studied) -> Result<Option<String>, AppError> {
    let Studied { keys, marks, .. } = studied;
    let known = match learned::supplier_by_keys(conn, keys).await? {
        Some(known) => Some(known),
        None => by_letterhead(conn, keys, marks).await?,
    };
    let is_nameless = keys.vat_id.is_empty() && keys.tax_number.is_empty() && keys.name.is_empty();
    if is_nameless && known.is_none() {
        return Ok(None);
    }
    let id = known.as_ref().map_or_else(|| Uuid::now_v7().to_string(), |known| known.id.clone());
    let old = known.as_ref();
    // What an invoice leaves out was not taken back.
    let or_old = |new: &String, old: Option<&String>| {
        if new.is_empty() { old.cloned().unwrap_or_default() } else { new.clone() }
    };
    let keys = SupplierKeys {
        vat_id: or_old(&keys.vat_id, old.map(|old| &old.keys.vat_id)),
        tax_number: or_old(&keys.tax_number, old.map(|old| &old.keys.tax_number)),
        name: or_old(&keys.name, old.map(|old| &old.keys.name)),
    };
    let supplier = StoredSupplier {
        id: id.clone(),
        name: or_old(&studied.name, old.map(|old| &old.name)),
        keys,
        misread_vat_id: or_old(&studied.misread_vat_id, old.map(|old| &old.misread_vat_id)),
    };
    learned::supplier_put(conn, &supplier, marks).await?;
    Ok(Some(id))
}

fn unreadable(error: crate::domain::reading::ReadError) -> AppError {
    tracing::debug!(code = error.code.as_str(), "a document could not be read to learn from it");
    AppError::Internal
}
