//! The XML as EN 16931 sees it: mapped from its syntax to the semantic model, which `domain/en16931` judges.

mod cii;
mod places;
#[cfg(test)]
mod tests;
mod ubl;

use super::tree::{Node, Vocabulary};
use crate::domain::en16931::{Finding, judge, model::Value};

/// The rules that an invoice breaks, or `None` for what EN 16931 has no rules for: ZUGFeRD 1.0.
pub(in crate::adapters::readers) fn findings(root: Node<'_>) -> Option<Vec<Finding>> {
    let invoice = match root.vocabulary() {
        Vocabulary::UblInvoice | Vocabulary::UblCreditNote => ubl::invoice(root),
        Vocabulary::Cii => cii::invoice(root),
        _ => return None,
    };
    Some(judge(&invoice))
}

/// The text of an element, empty where it has none.
fn text(node: Node<'_>) -> &str {
    node.text().unwrap_or_default()
}

/// The first element at the end of a path.
fn value<'t>(node: Node<'t>, path: &str) -> Value<'t> {
    node.first(path).map(text)
}

/// The texts of all elements at the end of a path.
fn texts<'t>(node: Node<'t>, path: &str) -> Vec<&'t str> {
    node.all(path).into_iter().map(text).collect()
}

fn has(node: Node<'_>, path: &str) -> bool {
    node.first(path).is_some()
}

/// An `xs:boolean`.
fn boolean(value: Value<'_>) -> Option<bool> {
    match value? {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
