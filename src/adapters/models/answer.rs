//! What a model is asked for, as a schema, and its answer, as plain data.

use crate::domain::{
    field::{Field, FieldKind},
    money::Decimal,
    normalise::normalise,
    reading::InvoiceLine,
    rows::Cell,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The fields a model is asked for.
pub const FIELDS: [Field; 16] = [
    Field::InvoiceNumber,
    Field::IssueDate,
    Field::DueDate,
    Field::DocumentType,
    Field::Currency,
    Field::PurchaseOrder,
    Field::SupplierName,
    Field::SupplierVatId,
    Field::BuyerName,
    Field::BuyerVatId,
    Field::NetTotal,
    Field::TaxTotal,
    Field::GrossTotal,
    Field::Iban,
    Field::Bic,
    Field::PaymentReference,
];
const CELLS: [Cell; 5] = [Cell::Description, Cell::Quantity, Cell::UnitPrice, Cell::Net, Cell::TaxRate];
/// The most lines that are taken.
const MAX_LINES: usize = 500;
/// The most characters of a value.
const MAX_VALUE: usize = 500;

/// What a model said stands in the document, as far as it is of the right kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub fields: BTreeMap<Field, String>,
    pub lines: Vec<InvoiceLine>,
}

/// The answer is not what was asked for; the message goes back to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

/// The JSON schema of an answer: every name is there, null where the document says nothing.
pub fn schema() -> Value {
    let text = json!({"type": ["string", "null"]});
    let object = |names: Vec<String>| {
        let properties: Map<String, Value> = names.iter().map(|name| (name.clone(), text.clone())).collect();
        (names, properties)
    };
    let (cells, cell_properties) = object(CELLS.iter().map(|cell| cell_name(*cell).to_owned()).collect());
    let line = json!({
        "type": "object", "properties": cell_properties, "required": cells, "additionalProperties": false
    });
    let (mut names, mut properties) = object(FIELDS.iter().map(|field| field.name().into_owned()).collect());
    names.push("lines".to_owned());
    properties.insert("lines".to_owned(), json!({"type": "array", "items": line}));
    json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
}

/// The name of a cell in `ap-intake extract` and here.
fn cell_name(cell: Cell) -> &'static str {
    match cell {
        Cell::Description => "description",
        Cell::Quantity => "quantity",
        Cell::UnitPrice => "unit_price",
        Cell::Net => "net",
        _ => "tax_rate",
    }
}

/// Reads an answer. A value that is of another kind than its field is left out; an answer that is no such object is
/// malformed.
pub fn parse(text: &str) -> Result<Answer, Malformed> {
    let value: Value = serde_json::from_str(unfenced(text)).map_err(|error| Malformed(format!("no JSON: {error}")))?;
    let Value::Object(object) = value else { return Err(Malformed("not a JSON object".to_owned())) };
    if FIELDS.iter().all(|field| !object.contains_key(field.name().as_ref())) {
        return Err(Malformed("none of the names asked for".to_owned()));
    }
    let fields = FIELDS.into_iter().filter_map(|field| Some((field, kept(field, object.get(field.name().as_ref())?)?)));
    let lines = match object.get("lines") {
        Some(Value::Array(lines)) => lines.iter().take(MAX_LINES).enumerate().filter_map(line).collect(),
        _ => Vec::new(),
    };
    Ok(Answer { fields: fields.collect(), lines })
}

/// Some models put JSON into a fence of Markdown all the same.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```json").or_else(|| text.strip_prefix("```"));
    inner.map_or(text, |inner| inner.trim_end_matches('`').trim())
}

fn kept(field: Field, value: &Value) -> Option<String> {
    let text = plain(value)?;
    let kept = match field.kind() {
        FieldKind::Amount => amount(decimal(&text)?),
        _ => normalise(field, &text).ok(),
    };
    kept.filter(|value| !value.is_empty())
}

/// The number that a text is: a sign, digits, and a point with digits behind it, as models are asked for. What people may
/// write besides (marks between thousands, sums, a comma) is refused and never guessed at: `1.250` is one and a quarter.
fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit());
    (is_digits(whole) && is_digits(fraction)).then(|| text.parse().ok())?
}

/// An amount in the form we keep.
fn amount(number: Decimal) -> Option<String> {
    normalise(Field::NetTotal, &number.to_string()).ok()
}

/// A quantity or a rate, with the decimals it needs.
fn quantity(number: Decimal) -> Option<String> {
    let number = number.normalize();
    // What is too large for an amount is too large here.
    amount(number).map(|_| number.to_string())
}

/// A text, or a number where a text was asked for.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.chars().count() <= MAX_VALUE).then_some(text)
}

fn line((place, value): (usize, &Value)) -> Option<InvoiceLine> {
    let cell = |cell| plain(value.get(cell_name(cell))?);
    let number = |name| decimal(&cell(name)?);
    let net = number(Cell::Net).and_then(amount)?;
    Some(InvoiceLine {
        id: (place + 1).to_string(),
        description: cell(Cell::Description).unwrap_or_default(),
        quantity: number(Cell::Quantity).and_then(quantity),
        unit_price: number(Cell::UnitPrice).and_then(amount),
        net: Some(net),
        tax_rate: number(Cell::TaxRate).and_then(quantity),
        ..InvoiceLine::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_kept_in_our_form_and_others_left_out() {
        let answer = parse(
            r#"```json
            {"invoice_number": "R-1", "issue_date": "2026-11-02", "gross_total": 119.5, "iban": "DE00 1234",
             "currency": "euros", "supplier_name": null, "lines": [{"description": "A", "net": "10"}, {"net": "x"}, 7]}
            ```"#,
        )
        .unwrap();
        assert_eq!(answer.fields[&Field::InvoiceNumber], "R-1");
        assert_eq!(answer.fields[&Field::GrossTotal], "119.50");
        assert!(!answer.fields.contains_key(&Field::Iban), "its check digits do not fit");
        assert!(!answer.fields.contains_key(&Field::Currency));
        assert_eq!(answer.lines.len(), 1);
    }

    #[test]
    fn a_point_is_a_decimal_point_and_never_between_thousands() {
        let answer = parse(
            r#"{"net_total": "119.125", "tax_total": 0.125, "gross_total": "-1250", "lines": [
                {"quantity": "1.250", "unit_price": 0.125, "net": "1234.5678", "tax_rate": "19.000"},
                {"quantity": 3, "unit_price": "+10.5", "net": -12.345, "tax_rate": 7}]}"#,
        )
        .unwrap();
        let totals = [Field::NetTotal, Field::TaxTotal, Field::GrossTotal].map(|field| answer.fields[&field].as_str());
        assert_eq!(totals, ["119.125", "0.125", "-1250.00"]);
        let cells = |line: &InvoiceLine| {
            [&line.quantity, &line.unit_price, &line.net, &line.tax_rate].map(|cell| cell.clone().unwrap())
        };
        assert_eq!(cells(&answer.lines[0]), ["1.25", "0.125", "1234.5678", "19"]);
        assert_eq!(cells(&answer.lines[1]), ["3", "10.50", "-12.345", "7"]);
    }

    #[test]
    fn what_is_no_plain_number_is_no_number() {
        for text in [
            "100+19", "2*50", "1,250", "1.250,00", "1 250", "1'250", "1e3", "1_0", ".5", "5.", "--1", "(5)", "5-",
            "19%",
        ] {
            let line = json!({"quantity": text, "unit_price": text, "net": "1", "tax_rate": text});
            let unsummed = json!({"quantity": "1", "net": text});
            let answer = json!({"invoice_number": "R-1", "gross_total": text, "lines": [line, unsummed]});
            let answer = parse(&answer.to_string()).unwrap();
            assert_eq!(answer.fields.get(&Field::GrossTotal), None, "{text}");
            let [line] = &answer.lines[..] else { panic!("a line without a net is none: {text}") };
            assert_eq!((&line.quantity, &line.unit_price, &line.tax_rate), (&None, &None, &None), "{text}");
        }
        for number in ["1e30", "1000000000000", "99999999999999999999999999999999"] {
            let answer = parse(&format!("{{\"invoice_number\": null, \"gross_total\": {number}}}")).unwrap();
            assert_eq!(answer.fields.get(&Field::GrossTotal), None, "{number}");
        }
    }

    #[test]
    fn what_is_no_answer_is_malformed() {
        for text in ["", "I can not help with that", "[]", "{}", "{\"answer\": 1}", "{\"invoice_number\": "] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_schema_asks_for_every_name() {
        let schema = schema();
        assert_eq!(schema["required"].as_array().map(Vec::len), Some(FIELDS.len() + 1));
        assert_eq!(schema["additionalProperties"], false);
    }

    proptest! {
        #[test]
        fn no_answer_ends_the_program(text in "\\PC{0,300}") {
            _ = parse(&text);
        }
    }
}
