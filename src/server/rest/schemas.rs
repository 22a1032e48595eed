//! The shapes of the interface as OpenAPI describes them. The domain's types make the JSON; these only document it
//! (the domain compiles to WASM and knows no utoipa), and the integration suite compares the two.
#![allow(dead_code, reason = "read by utoipa's derive only")]

use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(ToSchema)]
#[schema(as = Error)]
pub struct ErrorAnswer {
    error: ErrorBody,
}

#[derive(ToSchema)]
pub struct ErrorBody {
    /// Stable, for programs.
    #[schema(example = "not_found")]
    code: String,
    /// For people.
    message: String,
    /// `conflicts` for a conflict, `field` for a value that can not be taken, `uploads` where no file was taken.
    #[schema(value_type = Option<Object>)]
    details: Option<serde_json::Value>,
    request_id: String,
}

#[derive(ToSchema)]
pub struct InvoiceSummary {
    id: Uuid,
    /// uploaded, queued, processing, failed, needs_review, postponed, awaiting_approval, approved, rejected, exporting,
    /// exported, export_failed, cancelled, duplicate
    #[schema(example = "needs_review")]
    status: String,
    /// Rises with every change.
    version: i64,
    filename: String,
    supplier_name: Option<String>,
    invoice_number: Option<String>,
    #[schema(example = "2026-11-02")]
    issue_date: Option<String>,
    due_date: Option<String>,
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// Exact decimal.
    #[schema(example = "119.00")]
    gross_total: Option<String>,
    /// The least sure of the required fields, 0 to 1.
    confidence: Option<f32>,
    duplicate_of: Option<Uuid>,
    /// Past due and undecided.
    overdue: bool,
    /// One of two approvals was given; absent otherwise.
    approved_once: Option<bool>,
    failing_checks: u32,
    uploaded_by: String,
    /// Whose work it is; absent when it is nobody's.
    assigned_to: Option<Person>,
    /// Milliseconds since 1970, UTC.
    created_at: i64,
    updated_at: i64,
}

#[derive(ToSchema)]
pub struct InvoicePage {
    invoices: Vec<InvoiceSummary>,
    /// Of the whole selection.
    total: i64,
    /// Give it as `cursor` for the next page; null on the last.
    next_cursor: Option<String>,
}

#[derive(ToSchema)]
pub struct PageBox {
    /// From 1.
    page: u32,
    /// Fractions of the page's width and height from its top left.
    x: f32,
    y: f32,
    w: f32,
    h: f32,
}

#[derive(ToSchema)]
pub struct Attachment {
    /// From 1: the file is at `attachments/NUMBER`.
    number: u32,
    /// A safe name for a file.
    name: String,
    description: Option<String>,
    /// In words: PDF, Picture, Spreadsheet …
    kind: String,
    content: AttachmentContent,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AttachmentContent {
    /// Bytes, inside the document.
    Size(u64),
    /// Elsewhere: it was not fetched.
    Address(String),
    /// Inside, but not to be had: why, in words.
    Unreadable(String),
}

#[derive(ToSchema)]
pub struct FieldValue {
    /// Normalised: ISO dates, decimals with a point.
    value: String,
    /// As it stands in the document.
    raw: Option<String>,
    /// 0 to 1.
    confidence: f32,
    page: Option<u32>,
    r#box: Option<PageBox>,
    /// xml, text, ocr, model, user or master
    source: String,
    /// Send it back as `base_version` with an edit.
    version: i64,
    verified_by: Option<String>,
    /// By whose correction of an earlier invoice of the supplier it was read.
    learned: Option<LearnedFrom>,
}

#[derive(ToSchema)]
pub struct LearnedFrom {
    /// The rule, as long as it is remembered: `/learned/{id}`.
    rule: String,
    /// Who corrected.
    person: String,
    /// Milliseconds since 1970, UTC.
    at: i64,
}

#[derive(ToSchema)]
pub struct LearnedRule {
    id: String,
    /// The name of a field.
    field: String,
    /// Where the value stands, in words.
    place: String,
    /// How its numbers or dates are written.
    style: Option<String>,
    /// Who corrected.
    person: String,
    /// Milliseconds since 1970, UTC.
    at: i64,
    /// On how many invoices it was used; on how many of those a person left its value, and corrected it.
    used: i64,
    confirmed: i64,
    corrected: i64,
    /// Whether what it reads counts as sure.
    is_trusted: bool,
}

#[derive(ToSchema)]
pub struct LearnedSupplier {
    id: String,
    name: String,
    rules: Vec<LearnedRule>,
}

#[derive(ToSchema)]
pub struct Learned {
    suppliers: Vec<LearnedSupplier>,
}

#[derive(ToSchema)]
pub struct Invoice {
    #[schema(inline)]
    #[serde(flatten)]
    summary: InvoiceSummary,
    /// ubl, cii, facturx_pdf, text_pdf or scan_image; null until it was read
    kind: Option<String>,
    content_type: String,
    /// Bytes.
    size: i64,
    /// By field name.
    fields: BTreeMap<String, FieldValue>,
    #[schema(value_type = Vec<Object>)]
    lines: Vec<serde_json::Value>,
    #[schema(value_type = Vec<Object>)]
    vat_rows: Vec<serde_json::Value>,
    #[schema(value_type = Vec<Object>)]
    pages: Vec<serde_json::Value>,
    /// What makes up the totals of allowances and charges, as the XML says; absent where it says nothing.
    allowances: Option<Vec<Allowance>>,
    #[schema(value_type = Vec<Object>)]
    notes: Vec<serde_json::Value>,
    #[schema(value_type = Vec<Object>)]
    checks: Vec<serde_json::Value>,
    #[schema(value_type = Vec<Object>)]
    review_reasons: Vec<serde_json::Value>,
    task: Option<Task>,
    error: Option<TaskError>,
    /// Steps that whoever asks may take now.
    allowed: Vec<String>,
    may_edit: bool,
    /// Whether whoever asks may make it somebody's work.
    may_assign: bool,
    /// Why whoever asks may not approve now.
    approve_refused: Option<String>,
    /// Who gave the first of two approvals, while the second is awaited.
    first_approver: Option<String>,
    /// Its bank account, while it is open: absent where it names none.
    bank_account: Option<BankAccount>,
    /// The reasons to choose from where whoever asks may reject it.
    reject_reasons: Option<Vec<RejectReason>>,
    /// The checks that fail with an error: an approval needs a `reason`.
    approve_needs_reason: Option<String>,
    /// Whether its file holds several invoices, or it is one of those that a file held; absent where neither is known.
    splitting: Option<Splitting>,
    uploaded_by_id: Uuid,
    position: Position,
}

/// What the document as a whole takes off or adds.
#[derive(ToSchema)]
pub struct Allowance {
    is_charge: bool,
    /// In words.
    reason: Option<String>,
    /// UNTDID 5189 of an allowance, 7161 of a charge.
    reason_code: Option<String>,
    #[schema(example = "12.00")]
    amount: Option<String>,
    /// Per cent of what it is reckoned from.
    percentage: Option<String>,
    /// Per cent of VAT.
    tax_rate: Option<String>,
}

#[derive(ToSchema)]
pub struct Splitting {
    /// What the file seems to hold, while nobody has said; this blocks approval.
    proposed: Option<Vec<ProposedPart>>,
    /// The file whose pages this is.
    from: Option<SplitPart>,
    /// The invoices that were made of this file.
    into: Option<Vec<SplitPart>>,
    /// Whether whoever asks may take it apart now.
    allowed: Option<bool>,
}

#[derive(ToSchema)]
pub struct ProposedPart {
    pages: PageRange,
    invoice_number: Option<String>,
    supplier_name: Option<String>,
    gross_total: Option<String>,
    currency: Option<String>,
}

/// From 1, both among them.
#[derive(ToSchema)]
pub struct PageRange {
    first: u32,
    last: u32,
}

#[derive(ToSchema)]
pub struct SplitPart {
    invoice_id: Uuid,
    pages: PageRange,
    filename: String,
}

#[derive(ToSchema)]
pub struct SplitRequest {
    /// The version of the invoice that was seen.
    base_version: i64,
    /// Every page in one of them, in their order. One range of all pages says that the file is one invoice.
    parts: Vec<PageRange>,
}

#[derive(ToSchema)]
pub struct SplitAnswer {
    /// In the order of their pages; empty where the file was kept whole.
    invoices: Vec<SplitPart>,
}

#[derive(ToSchema)]
pub struct RejectReason {
    /// For `reason_code`. Never changes.
    #[schema(example = "wrong_amount")]
    code: String,
    words: String,
}

#[derive(ToSchema)]
pub struct BankAccount {
    account: String,
    /// known, unverified (none is known for the supplier yet) or changed (others are: this blocks approval)
    standing: String,
    /// The account itself where it is known, else the newest of those that are.
    known: Option<KnownAccount>,
    /// Whether whoever asks may verify it.
    may_verify: bool,
}

#[derive(ToSchema)]
pub struct KnownAccount {
    account: String,
    /// approved (an invoice with it was) or verified (by a person)
    origin: String,
    person: String,
    /// Milliseconds since 1970, UTC.
    at: i64,
}

#[derive(ToSchema)]
pub struct Assignment {
    /// A person's id (`GET /people`), `me`, `nobody` or null.
    #[schema(example = "me")]
    to: Option<String>,
}

#[derive(ToSchema)]
pub struct AccountVerification {
    /// The account you saw: 409 `other_account` when another one stands there now.
    #[schema(example = "DE89370400440532013000")]
    account: String,
    /// How it was verified.
    #[schema(example = "Called the supplier on the number we have on file")]
    note: String,
}

#[derive(ToSchema)]
pub struct Position {
    epoch: String,
    offset: i64,
}

#[derive(ToSchema)]
pub struct Task {
    task_id: Uuid,
    invoice_id: Uuid,
    filename: String,
    /// queued, processing, paused, completed, failed or cancelled
    state: String,
    /// fetch, extraction, validation, save or complete
    stage: Option<String>,
    /// Per cent.
    progress: u8,
    message: String,
    attempts: i64,
    error: Option<TaskError>,
    created_at: i64,
    finished_at: Option<i64>,
    eta_seconds: Option<u32>,
}

#[derive(ToSchema)]
pub struct TaskError {
    code: String,
    message: String,
    stage: String,
}

#[derive(ToSchema)]
pub struct Stats {
    /// Invoices by status.
    counts: BTreeMap<String, i64>,
    /// Decided since midnight UTC.
    done_today: i64,
    /// Median hours from upload to approval, last 30 days.
    hours_to_approve: Option<f64>,
    overdue: i64,
}

#[derive(ToSchema)]
pub struct HistoryEntry {
    seq: i64,
    at: i64,
    actor: String,
    action: String,
    changes: Vec<FieldChange>,
    note: Option<String>,
}

#[derive(ToSchema)]
pub struct FieldChange {
    name: String,
    before: Option<String>,
    after: Option<String>,
    /// The field's version after it.
    version: i64,
    /// Where the value stands, when that was changed.
    r#box: Option<PlaceChange>,
}

#[derive(ToSchema)]
pub struct PlaceChange {
    /// Null: nowhere.
    before: Option<PageBox>,
    after: Option<PageBox>,
}

#[derive(ToSchema)]
pub struct Edits {
    /// Yours; a repeat with the same id is answered as the first and changes nothing. With other edits it is refused.
    mutation_id: String,
    fields: Vec<FieldEdit>,
}

#[derive(ToSchema)]
pub struct FieldEdit {
    name: String,
    /// The field's version you saw; 0 where it had none.
    base_version: i64,
    value: String,
    /// Where the value stands in the document. Left out, the place stays; null removes it.
    r#box: Option<PageBox>,
}

#[derive(ToSchema)]
pub struct EditResult {
    /// The invoice's version before it.
    before_version: i64,
    version: i64,
    status: String,
    fields: BTreeMap<String, FieldValue>,
    #[schema(value_type = Vec<Object>)]
    checks: Vec<serde_json::Value>,
    #[schema(value_type = Vec<Object>)]
    review_reasons: Vec<serde_json::Value>,
}

#[derive(ToSchema)]
pub struct StepRequest {
    /// The invoice's version you decided on; 409 if it has changed since.
    base_version: Option<i64>,
    notes: Option<String>,
    /// For a rejection: one of the invoice's `reject_reasons`.
    reason_code: Option<String>,
    /// For a rejection, and for an approval in spite of failing checks (without it 409 `checks_failed`).
    reason: Option<String>,
    /// For a duplicate: the original.
    duplicate_of: Option<Uuid>,
}

#[derive(ToSchema)]
pub struct UploadForm {
    /// One to ten files of up to 10 MB: PDF, XML, PNG, JPEG or TIFF, by content. Of an e-mail (`.eml`) each file with it
    /// becomes an invoice, with an entry of its own in the answer.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<String>,
    /// Submit for approval without a person when nothing fails and everything is sure.
    auto_save: Option<bool>,
    /// From which confidence on a value counts as sure, 0 to 1.
    confidence_threshold: Option<f32>,
    /// `local`, or a configured model provider.
    model_provider: Option<String>,
    /// True: always ask a person. Absent: without one when an admin allows that and every condition holds.
    human_in_loop: Option<bool>,
    /// -10 to 10; higher is read first.
    priority: Option<i64>,
}

#[derive(ToSchema)]
pub struct Uploads {
    uploads: Vec<UploadOutcome>,
}

#[derive(ToSchema)]
pub struct UploadOutcome {
    filename: String,
    invoice_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// `queued`
    status: Option<String>,
    /// The first invoice with the same file.
    duplicate_of: Option<Uuid>,
    websocket: Option<UploadSocket>,
    error: Option<UploadError>,
}

#[derive(ToSchema)]
pub struct UploadSocket {
    room: String,
    events: Vec<String>,
}

#[derive(ToSchema)]
pub struct UploadError {
    code: String,
    message: String,
}

#[derive(ToSchema)]
pub struct SignIn {
    email: String,
    #[schema(format = Password)]
    password: String,
}

#[derive(ToSchema)]
pub struct Actor {
    user_id: Uuid,
    name: String,
    /// clerk, reviewer, admin or auditor
    role: String,
    /// read, upload, edit, approve, export, admin
    rights: Vec<String>,
}

#[derive(ToSchema)]
pub struct Person {
    id: Uuid,
    name: String,
}

#[derive(ToSchema)]
pub struct People {
    people: Vec<Person>,
}

#[derive(ToSchema)]
pub struct Comment {
    id: String,
    author_id: Uuid,
    author: String,
    text: String,
    /// Whom it names, with their names at that time.
    mentions: Vec<Person>,
    /// Milliseconds since 1970, UTC.
    at: i64,
}

#[derive(ToSchema)]
pub struct Comments {
    comments: Vec<Comment>,
    position: Position,
}

#[derive(ToSchema)]
pub struct NewComment {
    /// Plain text, 1 to 4,000 characters. Who is mentioned stands in it as `@` and their name.
    #[schema(example = "@Rita Reviewer, is this the agreed price?")]
    text: String,
    /// Whom it mentions (see `/people`). Each is told, but for you.
    mentions: Option<Vec<Uuid>>,
    /// Yours; like the header, for programs that can not set one.
    key: Option<String>,
}

#[derive(ToSchema)]
pub struct Notification {
    id: String,
    /// mention
    kind: String,
    invoice_id: Uuid,
    /// What the invoice was called then.
    invoice_title: String,
    /// Who did it.
    actor: String,
    actor_id: Uuid,
    /// What was written; the beginning of it.
    text: String,
    at: i64,
    read: bool,
}

#[derive(ToSchema)]
pub struct Notifications {
    notifications: Vec<Notification>,
    /// Of all, also of those that are not listed.
    unread: i64,
    position: Position,
}

/// One by its `id`, or `all`.
#[derive(ToSchema)]
pub struct Seen {
    id: Option<String>,
    all: Option<bool>,
}

#[derive(ToSchema)]
pub struct NotificationsRead {
    /// Absent: all.
    id: Option<String>,
    unread: i64,
}

#[derive(ToSchema)]
pub struct WorkItem {
    id: String,
    /// new, processing, done or failed
    status: String,
    /// An address, or `test`.
    sender: String,
    subject: String,
    /// What was made of it.
    invoices: Vec<Uuid>,
    created_at: i64,
    updated_at: i64,
}

#[derive(ToSchema)]
pub struct WorkItems {
    workitems: Vec<WorkItem>,
}

#[derive(ToSchema)]
pub struct MadeForTest {
    workitem: WorkItem,
    /// Sockets of this server that hear of work items.
    connections: u32,
}

/// Texts that are longer are cut: the message to 500 characters, the others to 200.
#[derive(ToSchema)]
pub struct PageError {
    /// Drawn by the page; the log has the report under it.
    #[schema(example = "page-104729386")]
    id: Option<String>,
    message: Option<String>,
    /// Without what stands behind `?`.
    #[schema(example = "/invoices")]
    path: Option<String>,
    /// Of the program in the page.
    version: Option<String>,
    /// Of the last answer that was an error of the server.
    request_id: Option<String>,
}
