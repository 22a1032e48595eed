//! Invoices as people and programs see them: the shapes that pages, the REST interface and events share.

use super::{
    bank_account::BankAccount,
    checks::CheckResult,
    comment::Person,
    decision::Assigned,
    error::AppError,
    field::{Field, RowNumber},
    ids::{InvoiceId, TaskId, UserId},
    jobs::TaskView,
    learning::LearnedFrom,
    reading::{Allowance, InvoiceLine, PageBox, PageSize, ReadingNote, Source, VatRow},
    reject_reason::RejectReason,
    rows,
    splitting::Splitting,
    status::{Status, Step},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One value of an invoice with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldValue {
    /// Normalised; empty when a person cleared it.
    pub value: String,
    /// As it stands in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    pub confidence: f32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub place: Option<PageBox>,
    pub source: Source,
    /// Rises by one with every change of this field, or of one it shares a version with ([`Field::version_group`]).
    pub version: i64,
    /// Name of the person who confirmed or entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
    /// By whose correction of an earlier invoice it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned: Option<LearnedFrom>,
}

impl FieldValue {
    /// What a field holds that has no value, never had one, and that nobody looked at.
    pub fn empty(source: Source) -> FieldValue {
        FieldValue {
            value: String::new(),
            raw: None,
            confidence: 1.0,
            page: None,
            place: None,
            source,
            version: 0,
            verified_by: None,
            learned: None,
        }
    }
}

/// Why an invoice needs a person. `code` is stable; `message` is in the clerk's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewReason {
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub fields: Vec<Field>,
}

/// One row of the dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvoiceSummary {
    pub id: InvoiceId,
    pub status: Status,
    pub version: i64,
    pub filename: String,
    pub supplier_name: Option<String>,
    pub invoice_number: Option<String>,
    /// ISO date.
    pub issue_date: Option<String>,
    /// ISO date.
    pub due_date: Option<String>,
    pub currency: Option<String>,
    /// Exact decimal.
    pub gross_total: Option<String>,
    /// The least sure of the required fields, 0 to 1.
    pub confidence: Option<f32>,
    pub duplicate_of: Option<InvoiceId>,
    /// Due date has passed and it is not yet decided; decided on the server.
    pub overdue: bool,
    /// One of two approvals was given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approved_once: bool,
    /// Number of checks that failed, errors and warnings.
    pub failing_checks: u32,
    pub uploaded_by: String,
    /// Whose work it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Person>,
    /// Milliseconds since 1970, UTC.
    pub created_at: i64,
    pub updated_at: i64,
}

impl InvoiceSummary {
    /// What people know it by: supplier and number, or the file while neither is known.
    pub fn title(&self) -> String {
        let known = [&self.supplier_name, &self.invoice_number].into_iter().filter_map(Option::as_deref);
        let title = known.collect::<Vec<_>>().join(" · ");
        if title.is_empty() { self.filename.clone() } else { title }
    }
}

/// One invoice, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvoiceDetail {
    #[serde(flatten)]
    pub summary: InvoiceSummary,
    pub kind: Option<String>,
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    /// Lines and VAT rows among them.
    pub fields: BTreeMap<Field, FieldValue>,
    pub pages: Vec<PageSize>,
    /// What makes up the totals of allowances and charges, as the XML says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowances: Vec<Allowance>,
    pub notes: Vec<ReadingNote>,
    pub checks: Vec<CheckResult>,
    pub review_reasons: Vec<ReviewReason>,
    /// Its newest task.
    pub task: Option<TaskView>,
    pub error: Option<TaskError>,
    /// What this actor may do now: for buttons. The service decides again.
    pub allowed: Vec<Step>,
    pub may_edit: bool,
    /// Whether this actor may make it somebody's work.
    #[serde(default)]
    pub may_assign: bool,
    /// Why approval is not offered to this actor, in words, when it is not.
    pub approve_refused: Option<String>,
    /// Who gave the first of two approvals, while the second is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_approver: Option<String>,
    /// How its bank account stands to those known for the supplier, while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_account: Option<BankAccount>,
    /// The reasons to choose from where whoever asks may reject it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reject_reasons: Vec<RejectReason>,
    /// The checks that fail with an error, in words: approving in spite of them needs a `reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approve_needs_reason: Option<String>,
    /// Whether its file holds several invoices, or it is one of those that a file held.
    #[serde(default, skip_serializing_if = "Splitting::is_empty")]
    pub splitting: Splitting,
    pub uploaded_by_id: UserId,
    /// Where the room `invoice:ID` stood when this was read: subscribe from here.
    pub position: Position,
}

impl InvoiceDetail {
    /// Its lines with their numbers, in their order.
    pub fn lines(&self) -> Vec<(RowNumber, InvoiceLine)> {
        rows::lines(self.values())
    }

    /// Its VAT rows with their numbers.
    pub fn vat_rows(&self) -> Vec<(RowNumber, VatRow)> {
        rows::vat_rows(self.values())
    }

    fn values(&self) -> impl Iterator<Item = (Field, &str)> {
        self.fields.iter().map(|(field, value)| (*field, value.value.as_str()))
    }
}

/// A place in the event log of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub epoch: String,
    pub offset: i64,
}

/// Why the last task failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskError {
    pub code: String,
    pub message: String,
    /// The stage it failed in.
    pub stage: String,
}

/// One step in an invoice's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// From 1, without gaps, per invoice.
    pub seq: i64,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    pub actor: String,
    /// `uploaded`, `read`, `field_changed`, `verified` (looked at and left), `submitted`, `approved_first` (of two), `approved`,
    /// `approved_touchless` (without a person) …
    pub action: String,
    /// Field → before and after, for edits.
    #[serde(default)]
    pub changes: Vec<FieldChange>,
    /// Reason, note, or detail in words.
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    pub name: Field,
    pub before: Option<String>,
    pub after: Option<String>,
    /// The field's version after it; 0 in entries from before versions were noted.
    #[serde(default)]
    pub version: i64,
    /// Where the value stands, when that was changed.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceChange>,
}

/// The place of a value before and after; null: it stood or stands nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceChange {
    pub before: Option<PageBox>,
    pub after: Option<PageBox>,
}

/// Which invoices to list. Everything optional; the dashboard's URL carries the same names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InvoiceQuery {
    #[serde(default)]
    pub status: Option<Status>,
    /// Words in number, supplier or file name.
    #[serde(default)]
    pub q: Option<String>,
    #[serde(default)]
    pub supplier: Option<String>,
    /// Issue date from, to: ISO, both inclusive.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    /// Gross total from, to: decimals, both inclusive.
    #[serde(default)]
    pub min: Option<String>,
    #[serde(default)]
    pub max: Option<String>,
    #[serde(default)]
    pub sort: Sort,
    /// Whose work it is.
    #[serde(default)]
    pub assigned: Option<Assigned>,
    /// From 1. Pages read by number; programs use `cursor`.
    #[serde(default)]
    pub page: Option<u32>,
    /// 1 to 200, default 25.
    #[serde(default)]
    pub limit: Option<u32>,
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Column and direction; written `column` or `-column`, `-created` when none is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    pub column: SortColumn,
    pub descending: bool,
    /// Distinguishes "not given" from `created` ascending.
    pub given: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortColumn {
    #[default]
    Created,
    Supplier,
    Number,
    IssueDate,
    DueDate,
    Gross,
    Status,
}

impl SortColumn {
    pub const ALL: [SortColumn; 7] = [
        SortColumn::Created,
        SortColumn::Supplier,
        SortColumn::Number,
        SortColumn::IssueDate,
        SortColumn::DueDate,
        SortColumn::Gross,
        SortColumn::Status,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            SortColumn::Created => "created",
            SortColumn::Supplier => "supplier",
            SortColumn::Number => "number",
            SortColumn::IssueDate => "date",
            SortColumn::DueDate => "due",
            SortColumn::Gross => "gross",
            SortColumn::Status => "status",
        }
    }
}

impl Sort {
    /// What the list uses: newest first unless a column was chosen.
    pub fn effective(self) -> (SortColumn, bool) {
        if self.given { (self.column, self.descending) } else { (SortColumn::Created, true) }
    }

    /// Reads `column` or `-column`; anything else is the default order.
    pub fn parse(text: &str) -> Sort {
        let (descending, name) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        match SortColumn::ALL.into_iter().find(|column| column.as_str() == name) {
            Some(column) => Sort { column, descending, given: true },
            None => Sort::default(),
        }
    }

    pub fn as_text(self) -> Option<String> {
        self.given.then(|| {
            let mut text = String::from(if self.descending { "-" } else { "" });
            text.push_str(self.column.as_str());
            text
        })
    }
}

impl Serialize for Sort {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_text().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.as_deref().map(Sort::parse).unwrap_or_default())
    }
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvoicePage {
    pub invoices: Vec<InvoiceSummary>,
    /// Of the whole selection.
    pub total: i64,
    pub next_cursor: Option<String>,
}

/// The figures above the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Status → number of invoices; statuses with none are missing.
    pub counts: BTreeMap<String, i64>,
    /// Approved, rejected or marked duplicate since midnight UTC.
    pub done_today: i64,
    /// Median hours from upload to approval over the last 30 days.
    pub hours_to_approve: Option<f64>,
    /// Past due and undecided.
    pub overdue: i64,
}

impl Stats {
    pub fn count(&self, status: Status) -> i64 {
        self.counts.get(status.as_str()).copied().unwrap_or(0)
    }
}

/// The dashboard in one answer, so that one request paints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    pub page: InvoicePage,
    pub stats: Stats,
    /// Where the room `all` stood when this was read.
    pub position: Position,
}

/// One edit of one field, on the version the person saw (0 for a field that had no value).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldEdit {
    pub name: Field,
    pub base_version: i64,
    pub value: String,
    /// Where the value stands in the document, when the person said so.
    #[serde(default, rename = "box", skip_serializing_if = "Placing::is_kept")]
    pub place: Placing,
}

/// What an edit says of where its value stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Placing {
    /// Nothing: the place stays. Without `box`.
    #[default]
    Kept,
    At(PageBox),
    /// It stands nowhere in the document. `"box":null`.
    Removed,
}

impl Placing {
    pub fn is_kept(&self) -> bool {
        *self == Placing::Kept
    }

    /// What makes `place` the place.
    pub fn of(place: Option<PageBox>) -> Placing {
        place.map_or(Placing::Removed, Placing::At)
    }

    /// The place after it, where `place` was.
    pub fn after(self, place: Option<PageBox>) -> Option<PageBox> {
        match self {
            Placing::Kept => place,
            Placing::At(place) => Some(place),
            Placing::Removed => None,
        }
    }
}

impl Serialize for Placing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.after(None).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Placing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Placing::of)
    }
}

impl FieldEdit {
    /// An edit that says nothing of where the value stands.
    pub fn new(name: Field, base_version: i64, value: impl Into<String>) -> FieldEdit {
        FieldEdit { name, base_version, value: value.into(), place: Placing::Kept }
    }
}

/// Why an edit was not taken: somebody changed the field since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldConflict {
    pub name: Field,
    /// The value at the version the edit was based on, where the history still tells it.
    pub base: Option<String>,
    pub mine: String,
    pub theirs: Option<String>,
    /// Of a longer text, both changes in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    /// Where the field shares its version with others and one of these was changed: each that one of the two changed,
    /// this one too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<FieldSides>,
    /// Send again on this version to keep mine.
    pub version: i64,
    pub actor: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

/// Both sides of a field that shares its version with the one that was edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSides {
    pub name: Field,
    pub base: Option<String>,
    /// What was edited; of a field that was not, the value beside which the edit was made.
    pub mine: String,
    pub theirs: Option<String>,
}

/// What an edit changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditResult {
    /// The invoice's version before it; 0 in answers from before that was told.
    #[serde(default)]
    pub before_version: i64,
    /// And after it.
    pub version: i64,
    pub status: Status,
    pub fields: BTreeMap<Field, FieldValue>,
    pub checks: Vec<CheckResult>,
    pub review_reasons: Vec<ReviewReason>,
}

/// A step asked of an invoice: approve, reject, postpone …
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRequest {
    /// The invoice's version the person decided on; refused as a conflict when it has changed since.
    #[serde(default)]
    pub base_version: Option<i64>,
    #[serde(default)]
    pub notes: Option<String>,
    #[serde(default)]
    pub reason_code: Option<String>,
    /// Why: for a rejection, and for an approval in spite of failing checks.
    #[serde(default)]
    pub reason: Option<String>,
    /// The original, for a duplicate.
    #[serde(default)]
    pub duplicate_of: Option<InvoiceId>,
}

/// An invoice as a list showed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenInvoice {
    pub id: InvoiceId,
    pub version: i64,
}

/// What became of one of several invoices that a step was asked of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepOutcome {
    pub id: InvoiceId,
    pub taken: Result<StepTaken, AppError>,
}

/// What an invoice is like after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    pub version: i64,
    /// The step that takes it back, where this actor may take it.
    pub undo: Option<Step>,
}

/// What became of one uploaded file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadOutcome {
    pub filename: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The first invoice with the same file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<InvoiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub websocket: Option<UploadSocket>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<UploadError>,
}

/// Where to listen for one upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadSocket {
    pub room: String,
    pub events: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadError {
    pub code: String,
    pub message: String,
}

/// What the sender of an upload may choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadOptions {
    /// Submit for approval without a person when nothing fails and everything is sure.
    #[serde(default)]
    pub auto_save: bool,
    /// From which confidence on a value counts as sure for that, 0 to 1.
    #[serde(default = "default_threshold")]
    pub confidence_threshold: f32,
    /// `local`, or a configured model provider.
    #[serde(default)]
    pub model_provider: Option<String>,
    /// True: always ask a person, however sure the reading is. Not said: as an admin set it.
    #[serde(default)]
    pub human_in_loop: Option<bool>,
    /// -10 to 10; higher is read first.
    #[serde(default)]
    pub priority: i64,
}

/// The threshold above which a value is called sure.
pub const SURE: f32 = 0.975;

fn default_threshold() -> f32 {
    SURE
}

impl Default for UploadOptions {
    fn default() -> Self {
        UploadOptions {
            auto_save: false,
            confidence_threshold: SURE,
            model_provider: None,
            human_in_loop: None,
            priority: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_says_nothing_of_the_place_moves_it_or_removes_it() {
        let place = PageBox { page: 2, x: 0.25, y: 0.5, w: 0.25, h: 0.125 };
        for (placing, text) in [
            (Placing::Kept, r#"{"name":"note","base_version":1,"value":"a"}"#),
            (Placing::Removed, r#"{"name":"note","base_version":1,"value":"a","box":null}"#),
            (
                Placing::At(place),
                r#"{"name":"note","base_version":1,"value":"a","box":{"page":2,"x":0.25,"y":0.5,"w":0.25,"h":0.125}}"#,
            ),
        ] {
            let edit = FieldEdit { place: placing, ..FieldEdit::new(Field::Note, 1, "a") };
            assert_eq!(serde_json::to_string(&edit).unwrap(), text);
            assert_eq!(serde_json::from_str::<FieldEdit>(text).unwrap(), edit);
        }
    }
}
