//! The dashboard's address: which invoices, in which order, which page. `/invoices` alone is the work to do.

use crate::domain::{
    invoice::{InvoiceQuery, Sort, SortColumn},
    status::Status,
};
use leptos_router::params::ParamsMap;

/// Rows a page.
pub const PAGE_SIZE: u32 = 25;

/// What an address asks for. Without `status` it is the work to do, with `status=all` every invoice.
pub fn query_of(params: &ParamsMap) -> InvoiceQuery {
    let text = |name: &str| params.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let status = match text("status").as_deref() {
        None => Some(Status::NeedsReview),
        // Anything unknown shows everything rather than nothing.
        Some(name) => name.parse().ok(),
    };
    InvoiceQuery {
        status,
        q: text("q"),
        supplier: text("supplier"),
        from: text("from"),
        to: text("to"),
        min: text("min"),
        max: text("max"),
        sort: text("sort").map(|text| Sort::parse(&text)).unwrap_or_default(),
        page: text("page").and_then(|text| text.parse().ok()).filter(|page| *page > 0),
        limit: Some(PAGE_SIZE),
        cursor: None,
    }
}

/// The address of a query.
pub fn href(query: &InvoiceQuery) -> String {
    ["/invoices", &query_string(query)].concat()
}

/// The address of an invoice, which remembers the selection it was opened from.
pub fn invoice_href(id: &str, query: &InvoiceQuery) -> String {
    let selection = with_page(query, 1);
    ["/invoices/", id, &query_string(&selection)].concat()
}

/// With its `?`; empty when there is nothing to say.
fn query_string(query: &InvoiceQuery) -> String {
    let mut out = String::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            out.push(if out.is_empty() { '?' } else { '&' });
            out.push_str(name);
            out.push('=');
            encode(value, &mut out);
        }
    };
    match query.status {
        None => put("status", Some("all")),
        Some(Status::NeedsReview) => {}
        Some(status) => put("status", Some(status.as_str())),
    }
    put("q", query.q.as_deref());
    put("supplier", query.supplier.as_deref());
    put("from", query.from.as_deref());
    put("to", query.to.as_deref());
    put("min", query.min.as_deref());
    put("max", query.max.as_deref());
    put("sort", query.sort.as_text().as_deref());
    put("page", query.page.filter(|page| *page > 1).map(|page| page.to_string()).as_deref());
    out
}

/// Percent-encodes all but the unreserved characters of RFC 3986. Our own, because the router's differs between server
/// and browser, and the addresses in a page must not.
fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// The same selection in another state, from its first page.
pub fn with_status(query: &InvoiceQuery, status: Option<Status>) -> InvoiceQuery {
    InvoiceQuery { status, page: None, ..query.clone() }
}

/// The same selection by another column; by the same one, the other way round.
pub fn with_sort(query: &InvoiceQuery, column: SortColumn) -> InvoiceQuery {
    let again = query.sort.given && query.sort.column == column;
    let sort = Sort { column, descending: again && !query.sort.descending, given: true };
    InvoiceQuery { sort, page: None, ..query.clone() }
}

pub fn with_page(query: &InvoiceQuery, page: u32) -> InvoiceQuery {
    InvoiceQuery { page: Some(page), ..query.clone() }
}

/// Whether more than a state is asked for.
pub fn is_narrowed(query: &InvoiceQuery) -> bool {
    [&query.q, &query.supplier, &query.from, &query.to, &query.min, &query.max].into_iter().any(Option::is_some)
}

/// What a new search keeps: the order. It looks in all states, so that what is searched is found.
pub fn kept_by_search(query: &InvoiceQuery) -> Vec<(&'static str, String)> {
    let mut kept = vec![("status", "all".to_owned())];
    kept.extend(query.sort.as_text().map(|sort| ("sort", sort)));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&'static str, &str)]) -> ParamsMap {
        let mut map = ParamsMap::new();
        pairs.iter().for_each(|(name, value)| map.insert(*name, (*value).to_owned()));
        map
    }

    #[test]
    fn an_address_and_its_query_are_the_same() {
        let query = query_of(&params(&[("status", "approved"), ("q", "A & B"), ("sort", "-gross"), ("page", "3")]));
        assert_eq!(query.status, Some(Status::Approved));
        assert_eq!(query.page, Some(3));
        let address = href(&query);
        assert_eq!(address, "/invoices?status=approved&q=A%20%26%20B&sort=-gross&page=3");
        let umlaut = InvoiceQuery { q: Some("Müller".to_owned()), ..query_of(&ParamsMap::new()) };
        assert_eq!(href(&umlaut), "/invoices?q=M%C3%BCller");
    }

    #[test]
    fn the_bare_address_is_the_work_to_do() {
        let query = query_of(&ParamsMap::new());
        assert_eq!(query.status, Some(Status::NeedsReview));
        assert_eq!(href(&query), "/invoices");
        assert_eq!(query_of(&params(&[("status", "all")])).status, None);
        assert_eq!(query_of(&params(&[("status", "nonsense"), ("page", "-1")])).page, None);
    }

    #[test]
    fn sorting_twice_turns_the_order() {
        let once = with_sort(&InvoiceQuery::default(), SortColumn::Gross);
        assert_eq!(once.sort.as_text().as_deref(), Some("gross"));
        assert_eq!(with_sort(&once, SortColumn::Gross).sort.as_text().as_deref(), Some("-gross"));
        assert_eq!(with_sort(&once, SortColumn::DueDate).sort.as_text().as_deref(), Some("due"));
    }
}
