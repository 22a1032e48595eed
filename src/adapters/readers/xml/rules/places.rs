//! One walk over the document, which takes to each element what is asked of it by its place: the rules of the syntax
//! binding, and the codes to be judged. Its time grows with the document, however many rules there are.

use super::{super::tree::Node, boolean, has, text, value};
use crate::domain::en16931::{
    binding::{Asked, Binding, bindings},
    model::{Code, CodeUse, Invoice, Syntax, decimals},
};
use std::collections::HashMap;

/// Takes something from an element into the invoice.
pub(super) type Take = for<'t> fn(Node<'t>, &mut Invoice<'t>);

/// A code: where it stands, what for, and the attribute that holds it if it is not the text.
pub(super) type CodePlace = (&'static str, CodeUse, Option<&'static str>);

#[derive(Clone, Copy)]
enum Action {
    Judge(&'static Binding),
    Code(CodeUse, Option<&'static str>),
    Take(Take),
}

/// Names of elements, outermost first.
struct Place {
    is_below_root: bool,
    names: Vec<&'static str>,
    /// Behind `!`: elements that it does not stand in.
    not_in: Vec<&'static str>,
}

impl Place {
    fn new(path: &'static str) -> Self {
        let (path, not_in) = path.split_once('!').unwrap_or((path, ""));
        let parts = |text: &'static str, by: char| text.split(by).filter(|part| !part.is_empty()).collect();
        Place { is_below_root: path.starts_with('/'), names: parts(path, '/'), not_in: parts(not_in, '!') }
    }

    /// Whether the last of the names open is at this place.
    fn is_at(&self, open: &[&str]) -> bool {
        let is_long_enough = match self.is_below_root {
            true => open.len() == self.names.len() + 1,
            false => open.len() >= self.names.len(),
        };
        is_long_enough
            && self.names.iter().rev().zip(open.iter().rev()).all(|(asked, name)| is_named(asked, name))
            && !open.iter().any(|name| self.not_in.contains(name))
    }
}

fn is_named(asked: &str, name: &str) -> bool {
    asked.split('|').any(|asked| match asked.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => asked == name,
    })
}

/// What is to be done, found by the last name of its place, or by an attribute.
#[derive(Default)]
pub(super) struct Places {
    at_root: Vec<Action>,
    by_name: HashMap<&'static str, Vec<(Place, Action)>>,
    by_ending: Vec<(&'static str, Vec<(Place, Action)>)>,
    by_attribute: HashMap<&'static str, Vec<(Place, Action)>>,
}

impl Places {
    pub fn new(syntax: Syntax, codes: &[CodePlace], takes: &[(&'static str, Take)]) -> Self {
        let mut places = Places::default();
        for binding in bindings(syntax) {
            for path in binding.at.split(',') {
                places.add(path, Action::Judge(binding));
            }
        }
        codes.iter().for_each(|(path, usage, attribute)| places.add(path, Action::Code(*usage, *attribute)));
        takes.iter().for_each(|(path, take)| places.add(path, Action::Take(*take)));
        places
    }

    fn add(&mut self, path: &'static str, action: Action) {
        if let Action::Judge(Binding { asked: Asked::NoAttribute(name), .. }) = action {
            self.by_attribute.entry(name).or_default().push((Place::new(path), action));
            return;
        }
        let Some(last) =
            path.split('!').next().and_then(|path| path.rsplit('/').next()).filter(|last| !last.is_empty())
        else {
            self.at_root.push(action);
            return;
        };
        for name in last.split('|') {
            match name.strip_prefix('*') {
                None => self.by_name.entry(name).or_default().push((Place::new(path), action)),
                Some(ending) => match self.by_ending.iter_mut().find(|(known, _)| *known == ending) {
                    Some((_, list)) => list.push((Place::new(path), action)),
                    None => self.by_ending.push((ending, vec![(Place::new(path), action)])),
                },
            }
        }
    }

    /// Walks the document and enters what was found into the invoice.
    pub fn walk<'t>(&self, root: Node<'t>, invoice: &mut Invoice<'t>) {
        let mut walk =
            Walk { places: self, open: Vec::new(), breaches: HashMap::new(), firsts: HashMap::new(), invoice };
        for action in &self.at_root {
            walk.act(*action, root);
        }
        walk.visit(root);
        walk.invoice.binding_breaches = walk.breaches.into_iter().collect();
    }
}

struct Walk<'w, 't> {
    places: &'w Places,
    open: Vec<&'t str>,
    breaches: HashMap<&'static str, usize>,
    /// Of rules that ask for one value: the first.
    firsts: HashMap<&'static str, &'t str>,
    invoice: &'w mut Invoice<'t>,
}

impl<'t> Walk<'_, 't> {
    /// The tree bounds the depth.
    fn visit(&mut self, node: Node<'t>) {
        self.open.push(node.name());
        let places = self.places;
        let by_name = places.by_name.get(node.name()).into_iter();
        let by_ending = places.by_ending.iter().filter(|(ending, _)| node.name().ends_with(ending));
        for (place, action) in by_name.chain(by_ending.map(|(_, list)| list)).flatten() {
            if place.is_at(&self.open) {
                self.act(*action, node);
            }
        }
        for attribute in node.attribute_names() {
            for (place, action) in places.by_attribute.get(attribute).into_iter().flatten() {
                if place.is_at(&self.open) || (place.names.is_empty() && self.open.len() == 1) {
                    self.act(*action, node);
                }
            }
        }
        for child in node.children() {
            self.visit(child);
        }
        self.open.pop();
    }

    fn act(&mut self, action: Action, node: Node<'t>) {
        match action {
            Action::Judge(binding) => {
                if !self.holds(binding, node) {
                    *self.breaches.entry(binding.id).or_default() += 1;
                }
            }
            Action::Code(usage, None) => self.invoice.codes.push(Code { usage, value: text(node) }),
            Action::Code(usage, Some(attribute)) => {
                // Of UBL's amounts the currency is asked even where the attribute is missing.
                if node.has_attribute(attribute) || usage == CodeUse::AmountCurrency {
                    let value = node.attribute(attribute).unwrap_or_default();
                    self.invoice.codes.push(Code { usage, value });
                }
            }
            Action::Take(take) => take(node, self.invoice),
        }
    }

    fn holds(&mut self, binding: &'static Binding, node: Node<'t>) -> bool {
        match binding.asked {
            // The walk came here because it is there.
            Asked::Absent | Asked::NoAttribute(_) => false,
            Asked::Without(path) => !has(node, path),
            Asked::AtMost(most, path) => count(node, path) <= most,
            Asked::Once(path) => count(node, path) == 1,
            Asked::OncePerType(kind, path) => {
                let documents = node.named("AdditionalReferencedDocument|AdditionalDocumentReference");
                let of_kind = documents.filter(|document| document.value("TypeCode|DocumentTypeCode") == Some(kind));
                of_kind.map(|document| path.map_or(1, |path| count(document, path))).sum::<usize>() <= 1
            }
            Asked::OnceIn(is_charge, path) => {
                boolean(value(node, "ChargeIndicator")) != Some(is_charge) || count(node, path) <= 1
            }
            Asked::NotBoth(one, other) => !(has(node, one) && has(node, other)),
            Asked::Needs(paths) => paths.split('+').all(|path| has(node, path)),
            Asked::NeedsAttribute(name) => node.has_attribute(name),
            Asked::OnlyOfType(path, name, types) => {
                let kind = node.value("TypeCode");
                !has(node, path) || (node.name() == name && kind.is_some_and(|kind| types.contains(&kind)))
            }
            Asked::NotOfType(path, kind) => !has(node, path) || node.value("DocumentTypeCode") != Some(kind),
            Asked::OnlyIn(path, name) => !has(node, path) || node.name() == name,
            Asked::OneOf(path, values) => value(node, path).is_none_or(|value| values.contains(&value)),
            Asked::Alike => *self.firsts.entry(binding.id).or_insert(text(node)) == text(node),
            Asked::Day => node.attribute("format") != Some("102") || is_day(text(node)),
            Asked::TwoDecimals => {
                let is_price = node.name().ends_with("PriceAmount")
                    || self.open.windows(2).any(|open| matches!(open, ["Price", "AllowanceCharge"]));
                is_price || decimals(node.text()) <= 2
            }
        }
    }
}

/// How many elements there are at the end of a path, or attributes: `A/B/@name`.
fn count(node: Node<'_>, path: &str) -> usize {
    match path.split_once("/@") {
        Some((path, attribute)) => node.all(path).into_iter().filter(|node| node.has_attribute(attribute)).count(),
        None => node.all(path).len(),
    }
}

/// `CCYYMMDD`, with a month and a day that there are in some month.
fn is_day(text: &str) -> bool {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u8>().ok());
    text.len() == 8
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && number(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && number(6, 8).is_some_and(|day| (1..=31).contains(&day))
}
