//! How the server's words go into the invoice that a page knows, whatever order they come in.

use crate::domain::{
    field::Field,
    invoice::{EditResult, FieldConflict, FieldValue, InvoiceDetail},
    reading::Source,
};

/// The version that a change of the field is based on: the newest of those that share it; 0 when nobody ever filled one.
pub fn version_of(detail: &InvoiceDetail, field: Field) -> i64 {
    let group = field.version_group();
    let sharing = detail.fields.iter().filter(|(name, _)| name.version_group() == group);
    sharing.map(|(_, value)| value.version).max().unwrap_or(0)
}

/// The value the server told last.
pub fn saved(detail: &InvoiceDetail, field: Field) -> &str {
    detail.fields.get(&field).map_or("", |value| &value.value)
}

/// The server took a change.
pub fn taken(detail: &mut InvoiceDetail, result: EditResult) {
    for (name, value) in result.fields {
        if detail.fields.get(&name).is_none_or(|known| known.version <= value.version) {
            detail.fields.insert(name, value);
        }
    }
    if result.version >= detail.summary.version {
        detail.summary.version = result.version;
        detail.summary.status = result.status;
        detail.checks = result.checks;
        detail.review_reasons = result.review_reasons;
    }
}

/// Somebody else's value came to light in a conflict, with those that share its version.
pub fn theirs(detail: &mut InvoiceDetail, conflict: &FieldConflict) {
    let group = conflict.group.iter().map(|sides| (sides.name, &sides.theirs));
    for (name, theirs) in group.chain([(conflict.name, &conflict.theirs)]) {
        if theirs.is_none() && name != conflict.name {
            continue;
        }
        let value = detail.fields.entry(name).or_insert_with(|| empty_value(conflict));
        value.value = theirs.clone().unwrap_or_default();
        value.version = conflict.version;
    }
}

/// Whether an answer is older than what is known: it was read before something that arrived sooner.
pub fn is_older(known: &InvoiceDetail, answer: &InvoiceDetail) -> bool {
    known.summary.version > answer.summary.version
}

fn empty_value(conflict: &FieldConflict) -> FieldValue {
    let verified_by = Some(conflict.actor.clone());
    FieldValue { version: conflict.version, verified_by, ..FieldValue::empty(Source::User) }
}
