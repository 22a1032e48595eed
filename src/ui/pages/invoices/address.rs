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
    ["/invoices", &params_of(query).to_query_string()].concat()
}

/// The address of an invoice, which remembers the selection it was opened from.
pub fn invoice_href(id: &str, query: &InvoiceQuery) -> String {
    let selection = with_page(query, 1);
    ["/invoices/", id, &params_of(&selection).to_query_string()].concat()
}

fn params_of(query: &InvoiceQuery) -> ParamsMap {
    let mut params = ParamsMap::new();
    let mut put = |name: &'static str, value: Option<String>| {
        if let Some(value) = value {
            params.insert(name, value);
        }
    };
    match query.status {
        None => put("status", Some("all".to_owned())),
        Some(Status::NeedsReview) => {}
        Some(status) => put("status", Some(status.as_str().to_owned())),
    }
    put("q", query.q.clone());
    put("supplier", query.supplier.clone());
    put("from", query.from.clone());
    put("to", query.to.clone());
    put("min", query.min.clone());
    put("max", query.max.clone());
    put("sort", query.sort.as_text());
    put("page", query.page.filter(|page| *page > 1).map(|page| page.to_string()));
    params
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
        assert!(address.starts_with("/invoices?") && !address.contains("A & B"), "{address}");
        assert!(address.contains("sort=-gross") && address.contains("page=3"), "{address}");
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
