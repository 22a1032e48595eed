//! Correcting: edits with a version a field.

use super::{Services, checking::Judged, merge_text, require};
use crate::{
    db::{self, Conn, fields::StoredField, history::NewEntry, invoices::InvoiceRow, now_ms},
    domain::{
        error::AppError,
        events::{Event, InvoiceChange, LoggedEvent, MutationKey, Room},
        field::{Field, FieldKind},
        ids::InvoiceId,
        invoice::{
            EditResult, FieldChange, FieldConflict, FieldEdit, FieldSides, FieldValue, HistoryEntry, InvoiceSummary,
            PlaceChange, Placing,
        },
        normalise::normalise,
        reading::{PageSize, Source},
        roles::{Actor, Right},
        status::Status,
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

pub(super) type Fields = BTreeMap<Field, StoredField>;

/// The most fields one edit may change.
const MAX_EDITS: usize = 100;
/// The most characters of a value, a note or a reason.
pub(super) const MAX_TEXT: usize = 4_000;
/// The history's words for edits.
pub(super) const CHANGED: &str = "field_changed";
const VERIFIED: &str = "verified";
/// The value stayed, and where it stands was changed: the invoice is the same.
const PLACED: &str = "place_changed";
/// How many changes are looked back through for the value a stale edit was based on.
const LOOK_BACK: i64 = 100;

/// What is kept of a mutation, for when it is sent again.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// SHA-256 of the edits, hex.
    edits: String,
    result: EditResult,
}

impl Services {
    /// Changes fields on the versions the person saw. All or nothing: one conflict and nothing changes. The same
    /// mutation id again gives the same answer and changes nothing. A value given again as it stands is confirmed: that
    /// is no change, so it voids no submission and whoever did it may still approve.
    pub async fn edit_fields(
        &self,
        actor: &Actor,
        id: InvoiceId,
        mutation_id: &str,
        edits: &[FieldEdit],
    ) -> Result<EditResult, AppError> {
        require(actor, Right::Edit)?;
        require_mutation_id(mutation_id)?;
        let edits = normalised(edits)?;
        let digest = digest(&edits)?;
        let request_key = format!("edit:{id}:{mutation_id}");
        let mut tx = self.store.begin().await?;
        if let Some((_, body)) = db::requests::request_get(&mut tx, &actor.user_id.to_string(), &request_key).await? {
            return kept_result(&body, &digest);
        }
        let (result, events) = self.edit_in(&mut tx, actor, id, &edits, None).await?;
        let kept = Kept { edits: digest, result };
        let body = serde_json::to_string(&kept).map_err(|_| AppError::Internal)?;
        db::requests::request_put(&mut tx, &actor.user_id.to_string(), &request_key, 200, &body, now_ms()).await?;
        self.commit(tx, events).await?;
        Ok(kept.result)
    }

    /// Changes fields within a transaction that the caller commits, and then publishes the events. An edit that is
    /// refused wrote nothing. `edits` are [`normalised`].
    pub(super) async fn edit_in(
        &self,
        tx: &mut Conn,
        actor: &Actor,
        id: InvoiceId,
        edits: &[FieldEdit],
        mutation: Option<MutationKey>,
    ) -> Result<(EditResult, Vec<LoggedEvent>), AppError> {
        let row = db::invoices::invoice_get(tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        require_editable(row.summary.status)?;
        require_on_a_page(edits, &row.pages)?;
        let mut fields = db::fields::field_list(tx, id).await?;
        let stale: Vec<&FieldEdit> = edits.iter().filter(|edit| is_stale(&fields, edit)).collect();
        if !stale.is_empty() {
            return Err(both_sides(tx, id, &stale, edits, &fields).await?);
        }
        let at = now_ms();
        let Applied { confirmed, placed, changes } = apply(&mut fields, edits, actor, at);
        let action = match (changes.is_empty(), placed.is_empty()) {
            (false, _) => CHANGED,
            (true, false) => PLACED,
            (true, true) => VERIFIED,
        };
        let touched = touched(&fields, edits);
        let written = touched.iter().filter_map(|field| Some((*field, fields.get(field)?)));
        db::fields::field_put_all(tx, id, written).await?;
        let voided =
            row.summary.status == Status::AwaitingApproval && changes.iter().any(|change| change.name.voids_approval());
        if voided {
            db::invoices::invoice_set_status(tx, id, Status::NeedsReview, None, at).await?;
        }
        let judged = self.judge(tx, &row, &fields, at).await?;
        for (action, left) in [(VERIFIED, &confirmed), (PLACED, &placed)] {
            if !left.is_empty() {
                self.write_history(tx, id, actor, at, action, left, None).await?;
            }
        }
        if !changes.is_empty() {
            let note = match voided {
                true => Some("Back to review: the change needs a new approval"),
                false => void_own_approval(tx, actor, &row, at).await?,
            };
            self.write_history(tx, id, actor, at, CHANGED, &changes, note).await?;
        }
        let invoice = summary_now(tx, id).await?;
        let fields: BTreeMap<Field, FieldValue> =
            touched.into_iter().filter_map(|field| Some((field, fields.get(&field)?.value.clone()))).collect();
        let result = EditResult {
            before_version: row.summary.version,
            version: invoice.version,
            status: invoice.status,
            fields: fields.clone(),
            checks: judged.checks,
            review_reasons: judged.reasons,
        };
        let change = InvoiceChange { action: action.into(), invoice, fields, deleted: false, comment: None };
        let events = append_mutation(tx, id, &actor.name, mutation, change).await?;
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, action, fields = edits.len(), "fields edited");
        Ok((result, events))
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) async fn write_history(
        &self,
        conn: &mut Conn,
        id: InvoiceId,
        actor: &Actor,
        at: i64,
        action: &str,
        changes: &[FieldChange],
        note: Option<&str>,
    ) -> Result<(), AppError> {
        let entry = NewEntry { at, actor_id: Some(actor.user_id), actor_name: &actor.name, action, changes, note };
        db::history::history_append(conn, id, entry).await?;
        Ok(())
    }

    /// Checks the values anew and writes what lists show of them.
    pub(super) async fn judge(
        &self,
        conn: &mut Conn,
        row: &InvoiceRow,
        fields: &Fields,
        at: i64,
    ) -> Result<Judged, AppError> {
        let values = super::checking::list_values(&row.summary.filename, fields);
        db::invoices::invoice_set_list_values(conn, row.summary.id, &values, at).await?;
        let judged = super::checking::judge(conn, row, fields, &values).await?;
        db::invoices::invoice_set_checks(conn, row.summary.id, &judged.checks, &judged.reasons, judged.duplicate_of)
            .await?;
        Ok(judged)
    }
}

/// Nobody's approval counts for what they change after it. Gives what the history says of it.
async fn void_own_approval(
    conn: &mut Conn,
    actor: &Actor,
    row: &InvoiceRow,
    at: i64,
) -> Result<Option<&'static str>, AppError> {
    if row.first_approval.as_ref().is_none_or(|first| first.by.id != actor.user_id) {
        return Ok(None);
    }
    db::invoices::invoice_set_first_approval(conn, row.summary.id, None, at).await?;
    Ok(Some("Their own first approval no longer counts"))
}

/// The conflict that stale edits meet, of those that came together.
async fn both_sides(
    conn: &mut Conn,
    id: InvoiceId,
    stale: &[&FieldEdit],
    edits: &[FieldEdit],
    fields: &Fields,
) -> Result<AppError, AppError> {
    let history = db::history::history_changes(conn, id, LOOK_BACK).await?;
    let conflicts = stale.iter().map(|edit| conflict(edit, edits, fields, &history)).collect();
    Ok(AppError::Conflict { conflicts })
}

/// Appends one change to the invoice's room and to `all`.
pub(super) async fn append_change(
    conn: &mut Conn,
    id: InvoiceId,
    actor: &str,
    data: InvoiceChange,
) -> Result<Vec<LoggedEvent>, AppError> {
    append_mutation(conn, id, actor, None, data).await
}

/// The same for what was done to an invoice without entering a value. Gives, too, what the invoice is like now.
pub(super) async fn append_action(
    conn: &mut Conn,
    id: InvoiceId,
    actor: &str,
    action: &str,
) -> Result<(InvoiceSummary, Vec<LoggedEvent>), AppError> {
    let invoice = summary_now(conn, id).await?;
    let change = InvoiceChange {
        action: action.to_owned(),
        invoice: invoice.clone(),
        fields: BTreeMap::new(),
        deleted: false,
        comment: None,
    };
    Ok((invoice, append_change(conn, id, actor, change).await?))
}

/// The same for a change that a client numbered.
async fn append_mutation(
    conn: &mut Conn,
    id: InvoiceId,
    actor: &str,
    mutation: Option<MutationKey>,
    data: InvoiceChange,
) -> Result<Vec<LoggedEvent>, AppError> {
    let event = Event::InvoiceUpdated { invoice_id: id, actor: actor.to_owned(), mutation, data: Box::new(data) };
    Ok(db::events::event_append(conn, &[Room::Invoice(id), Room::All], &event).await?)
}

pub(super) async fn summary_now(conn: &mut Conn, id: InvoiceId) -> Result<InvoiceSummary, AppError> {
    db::invoices::invoice_summary(conn, id).await?.ok_or(AppError::Internal)
}

pub(super) fn require_editable(status: Status) -> Result<(), AppError> {
    if status.editable() {
        return Ok(());
    }
    Err(AppError::Blocked {
        code: "not_editable".into(),
        message: format!("An invoice that is {} can not be changed", status.label().to_lowercase()),
    })
}

fn require_mutation_id(mutation_id: &str) -> Result<(), AppError> {
    if mutation_id.is_empty() || mutation_id.len() > 100 {
        return Err(AppError::invalid(Some("mutation_id"), "A mutation id has 1 to 100 characters"));
    }
    Ok(())
}

/// The edits with their values in the form we keep, or what is wrong with one, by field.
pub(super) fn normalised(edits: &[FieldEdit]) -> Result<Vec<FieldEdit>, AppError> {
    if edits.is_empty() || edits.len() > MAX_EDITS {
        return Err(AppError::invalid(Some("fields"), format!("Change 1 to {MAX_EDITS} fields at once")));
    }
    let mut seen = Vec::new();
    edits
        .iter()
        .map(|edit| {
            if seen.contains(&edit.name) {
                return Err(AppError::invalid(Some(&edit.name.name()), "This field is there twice"));
            }
            seen.push(edit.name);
            if edit.value.chars().count() > MAX_TEXT {
                return Err(AppError::invalid(Some(&edit.name.name()), format!("At most {MAX_TEXT} characters")));
            }
            let value = normalise(edit.name, &edit.value)
                .map_err(|message| AppError::invalid(Some(&edit.name.name()), message))?;
            if matches!(edit.place, Placing::At(place) if !place.is_on_its_page()) {
                return Err(AppError::invalid(Some(&edit.name.name()), "This place is not on the page"));
            }
            Ok(FieldEdit { value, ..edit.clone() })
        })
        .collect()
}

/// Places are on pages that the document has.
fn require_on_a_page(edits: &[FieldEdit], pages: &[PageSize]) -> Result<(), AppError> {
    let is_beyond = |edit: &&FieldEdit| matches!(edit.place, Placing::At(place) if place.page as usize > pages.len());
    match edits.iter().find(is_beyond) {
        Some(edit) => Err(AppError::invalid(Some(&edit.name.name()), "The document has no such page")),
        None => Ok(()),
    }
}

/// The version an edit of `field` must be based on: the highest of those that share it.
fn version_now(fields: &Fields, field: Field) -> i64 {
    fields
        .iter()
        .filter(|(other, _)| other.version_group() == field.version_group())
        .map(|(_, stored)| stored.value.version)
        .max()
        .unwrap_or(0)
}

/// Whether an edit is based on a version that is no longer the newest, and does not say what stands there already.
fn is_stale(fields: &Fields, edit: &FieldEdit) -> bool {
    let stored = fields.get(&edit.name);
    let never_filled = stored.is_none() && edit.base_version == 0;
    let says_the_same = stored.is_some_and(|StoredField { value, .. }| {
        value.value == edit.value && edit.place.after(value.place) == value.place
    });
    edit.base_version != version_now(fields, edit.name) && !never_filled && !says_the_same
}

/// What the history tells of a group of fields since the version that an edit was based on.
struct Since<'a> {
    /// The newest first.
    changes: Vec<(&'a HistoryEntry, &'a FieldChange)>,
    /// Whether nothing of it is too far back.
    is_whole: bool,
}

impl<'a> Since<'a> {
    /// `version` is what the group is at: what came after its values were read is not theirs.
    fn of(edit: &FieldEdit, version: i64, history: &'a [HistoryEntry]) -> Since<'a> {
        let group = edit.name.version_group();
        let mut changes: Vec<(&HistoryEntry, &FieldChange)> = history
            .iter()
            .flat_map(|entry| entry.changes.iter().map(move |change| (entry, change)))
            .filter(|(_, change)| change.name.version_group() == group && change.version <= version)
            .collect();
        changes.sort_by_key(|(_, change)| std::cmp::Reverse(change.version));
        let is_whole = history.len() < LOOK_BACK as usize
            || changes.last().is_some_and(|(_, change)| change.version <= edit.base_version);
        changes.retain(|(_, change)| change.version > edit.base_version);
        Since { changes, is_whole }
    }

    /// What a field held then that holds `now`; None: nothing, or it is too far back.
    fn base(&self, field: Field, now: Option<&str>) -> Option<String> {
        let first = self.changes.iter().rev().find(|(_, change)| change.name == field);
        let base = first.map_or_else(|| now.map(str::to_owned), |(_, change)| change.before.clone());
        base.filter(|_| self.is_whole)
    }
}

/// Both sides of a stale edit, one of `edits`, from the newest changes of the invoice.
fn conflict(edit: &FieldEdit, edits: &[FieldEdit], fields: &Fields, history: &[HistoryEntry]) -> FieldConflict {
    let version = version_now(fields, edit.name);
    let theirs = value_now(fields, edit.name);
    let since = Since::of(edit, version, history);
    let base = since.base(edit.name, theirs);
    let newest = since.changes.first().map(|(entry, _)| entry);
    let texts = base.as_deref().zip(theirs).filter(|_| edit.name.kind() == FieldKind::LongText);
    FieldConflict {
        name: edit.name,
        merged: texts.and_then(|(base, theirs)| merge_text::merged(base, &edit.value, theirs)),
        group: group_sides(edit, edits, fields, &since),
        base,
        mine: edit.value.clone(),
        theirs: theirs.map(str::to_owned),
        version,
        actor: newest.map_or_else(|| "the reader".to_owned(), |entry| entry.actor.clone()),
        at: newest.map_or(0, |entry| entry.at),
    }
}

/// Both sides of the fields that share the version of a stale edit, where they differ: amounts belong together, so one
/// chooses between all of mine and all of theirs. Empty where it is the edited field alone, where only the place of its
/// value is new, or where the history does not tell what was seen.
fn group_sides(edit: &FieldEdit, edits: &[FieldEdit], fields: &Fields, since: &Since) -> Vec<FieldSides> {
    if !since.is_whole || value_now(fields, edit.name) == Some(&edit.value) {
        return Vec::new();
    }
    let group = edit.name.version_group();
    let names = fields.keys().copied().chain(edits.iter().map(|edit| edit.name));
    let names: BTreeSet<Field> = names.filter(|name| name.version_group() == group).collect();
    let sides = names.into_iter().map(|name| {
        let theirs = value_now(fields, name);
        let base = since.base(name, theirs);
        let edited = edits.iter().find(|edit| edit.name == name).map(|edit| edit.value.clone());
        let mine = edited.or_else(|| base.clone()).unwrap_or_default();
        FieldSides { name, base, mine, theirs: theirs.map(str::to_owned) }
    });
    let is_changed = |sides: &FieldSides| {
        let (base, theirs) = (sides.base.as_deref().unwrap_or_default(), sides.theirs.as_deref().unwrap_or_default());
        sides.name == edit.name || base != theirs || base != sides.mine
    };
    let sides: Vec<FieldSides> = sides.filter(is_changed).collect();
    if sides.len() > 1 { sides } else { Vec::new() }
}

fn value_now(fields: &Fields, field: Field) -> Option<&str> {
    fields.get(&field).map(|stored| stored.value.value.as_str())
}

fn digest(edits: &[FieldEdit]) -> Result<String, AppError> {
    let text = serde_json::to_vec(edits).map_err(|_| AppError::Internal)?;
    Ok(hex::encode(Sha256::digest(text)))
}

/// The answer to a mutation sent again; an id that comes with other edits is a mistake of the sender.
fn kept_result(body: &str, digest: &str) -> Result<EditResult, AppError> {
    let kept: Kept = serde_json::from_str(body).map_err(|_| AppError::Internal)?;
    if kept.edits != digest {
        return Err(AppError::invalid(Some("mutation_id"), "This mutation id was used for another edit"));
    }
    Ok(kept.result)
}

/// Every field that has a value and whose version an edit raised.
fn touched(fields: &Fields, edits: &[FieldEdit]) -> Vec<Field> {
    let groups: BTreeSet<Field> = edits.iter().map(|edit| edit.name.version_group()).collect();
    fields.keys().copied().filter(|field| groups.contains(&field.version_group())).collect()
}

/// What edits came to.
#[derive(Default)]
struct Applied {
    /// Values that were given again as they stood.
    confirmed: Vec<FieldChange>,
    /// Values that stand elsewhere now, or nowhere.
    placed: Vec<FieldChange>,
    changes: Vec<FieldChange>,
}

/// Writes the edits into `fields`, raises the versions and says what they came to.
fn apply(fields: &mut Fields, edits: &[FieldEdit], actor: &Actor, at: i64) -> Applied {
    let mut applied = Applied::default();
    for edit in edits {
        let version = version_now(fields, edit.name) + 1;
        let before = fields.get(&edit.name).map(|stored| stored.value.value.clone());
        let stored = fields.entry(edit.name).or_insert_with(|| never_filled(actor, at));
        let is_change = stored.value.value != edit.value;
        if is_change {
            stored.value.source = Source::User;
            stored.value.value = edit.value.clone();
            stored.value.learned = None;
            stored.changed_by = actor.name.clone();
            stored.changed_at = at;
        }
        let place = put_place(&mut stored.value, edit.place);
        // A place that is taken away, or waits for its value, confirms nothing.
        let is_of_place_only = edit.place == Placing::Removed || !edit.place.is_kept() && edit.value.is_empty();
        if is_change || !is_of_place_only {
            stored.value.confidence = 1.0;
            stored.value.verified_by = Some(actor.name.clone());
        }
        for (other, sibling) in fields.iter_mut() {
            if other.version_group() == edit.name.version_group() {
                sibling.value.version = version;
            }
        }
        let done = match (is_change, place) {
            (true, _) => &mut applied.changes,
            (false, Some(_)) => &mut applied.placed,
            (false, None) => &mut applied.confirmed,
        };
        done.push(FieldChange { name: edit.name, before, after: Some(edit.value.clone()), version, place });
    }
    applied
}

/// Puts a value where the edit says; None: it stands where it stood.
fn put_place(value: &mut FieldValue, placing: Placing) -> Option<PlaceChange> {
    let (before, after) = (value.place, placing.after(value.place));
    if !placing.is_kept() {
        (value.page, value.place) = (after.map(|place| place.page), after);
    }
    (before != after).then_some(PlaceChange { before, after })
}

fn never_filled(actor: &Actor, at: i64) -> StoredField {
    StoredField { value: FieldValue::empty(Source::User), changed_by: actor.name.clone(), changed_at: at }
}

/// A label that can stand alone: "Supplier name", not "Name".
pub(super) fn full_label(field: Field) -> String {
    match field {
        Field::SupplierName => "Supplier name".to_owned(),
        Field::BuyerName => "Buyer name".to_owned(),
        Field::InvoiceNumber => "Invoice number".to_owned(),
        other => other.label().to_owned(),
    }
}
