//! The dashboard's address: which invoices, in which order, which page. `/invoices` alone is the work to do.

use crate::domain::{
    decision::Assigned,
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
        assigned: text("assigned").as_deref().and_then(Assigned::parse),
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

/// The address of an invoice, which remembers the selection and the page it was opened from, for the way back.
pub fn invoice_href(id: &str, query: &InvoiceQuery) -> String {
    ["/invoices/", id, &query_string(query)].concat()
}

/// With its `?`; empty when there is nothing to say.
fn query_string(query: &InvoiceQuery) -> String {
    let mut out = String::new();
    for (name, value) in parts(query) {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        encode(&value, &mut out);
    }
    out
}

/// What an address says, by name; what goes without saying is left out.
fn parts(query: &InvoiceQuery) -> Vec<(&'static str, String)> {
    let status = match query.status {
        None => Some("all".to_owned()),
        Some(Status::NeedsReview) => None,
        Some(status) => Some(status.as_str().to_owned()),
    };
    let page = query.page.filter(|page| *page > 1).map(|page| page.to_string());
    let all = [
        ("status", status),
        ("q", query.q.clone()),
        ("supplier", query.supplier.clone()),
        ("from", query.from.clone()),
        ("to", query.to.clone()),
        ("min", query.min.clone()),
        ("max", query.max.clone()),
        ("assigned", query.assigned.map(Assigned::as_text)),
        ("sort", query.sort.as_text()),
        ("page", page),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
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

/// The same selection of somebody else's work, from its first page. None: whosoever's.
pub fn with_assigned(query: &InvoiceQuery, assigned: Option<Assigned>) -> InvoiceQuery {
    InvoiceQuery { assigned, page: None, ..query.clone() }
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
    let words = [&query.q, &query.supplier, &query.from, &query.to, &query.min, &query.max];
    words.into_iter().any(Option::is_some) || query.assigned.is_some()
}

/// The same selection, searched for words; from its first page. None: no longer searched.
pub fn with_search(query: &InvoiceQuery, words: &str) -> InvoiceQuery {
    let words = words.trim();
    InvoiceQuery { q: (!words.is_empty()).then(|| words.to_owned()), page: None, ..query.clone() }
}

/// What a new search keeps: all but the words and the page.
pub fn kept_by_search(query: &InvoiceQuery) -> Vec<(&'static str, String)> {
    parts(&with_search(query, ""))
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
    fn the_way_back_leads_to_the_page_one_came_from() {
        let query = query_of(&params(&[("q", "acme"), ("page", "2")]));
        assert_eq!(invoice_href("1", &query), "/invoices/1?q=acme&page=2");
        assert_eq!(href(&query_of(&params(&[("q", "acme"), ("page", "2")]))), "/invoices?q=acme&page=2");
    }

    #[test]
    fn a_search_stays_in_its_tab_and_starts_at_its_first_page() {
        let query = query_of(&params(&[("status", "approved"), ("q", "old"), ("sort", "gross"), ("page", "3")]));
        assert_eq!(href(&with_search(&query, " new ")), "/invoices?status=approved&q=new&sort=gross");
        assert_eq!(href(&with_search(&query, " ")), "/invoices?status=approved&sort=gross");
        assert_eq!(kept_by_search(&query), [("status", "approved".to_owned()), ("sort", "gross".to_owned())]);
    }

    #[test]
    fn sorting_twice_turns_the_order() {
        let once = with_sort(&InvoiceQuery::default(), SortColumn::Gross);
        assert_eq!(once.sort.as_text().as_deref(), Some("gross"));
        assert_eq!(with_sort(&once, SortColumn::Gross).sort.as_text().as_deref(), Some("-gross"));
        assert_eq!(with_sort(&once, SortColumn::DueDate).sort.as_text().as_deref(), Some("due"));
    }
}
