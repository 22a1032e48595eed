//! What the dashboard shows is never older than the last change, though answers are remembered.

use crate::store::contract;

contract!(every_change_shows_at_once, a_list_is_remembered_by_its_whole_question);

mod check {
    use crate::services::{House, ubl};
    use ap_intake::{
        db::Store,
        domain::{
            invoice::{Dashboard, InvoiceQuery, StepRequest},
            status::{Status, Step},
        },
    };

    async fn dashboard(house: &House) -> Dashboard {
        house.services.dashboard(&house.reviewer, &InvoiceQuery::default()).await.unwrap()
    }

    /// Asked twice, so that the second answer is a remembered one.
    async fn shown(house: &House) -> Vec<(Status, Option<String>)> {
        let first = dashboard(house).await;
        assert_eq!(dashboard(house).await, first);
        let rows = first.page.invoices.into_iter();
        let listed = house.services.invoice_list(&house.reviewer, &InvoiceQuery::default()).await.unwrap();
        assert_eq!(listed.total, first.page.total);
        rows.map(|row| (row.status, row.gross_total)).collect()
    }

    pub async fn every_change_shows_at_once(store: &Store) {
        let house = House::new(store).await;
        assert_eq!(shown(&house).await, []);
        let id = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        assert_eq!(shown(&house).await, [(Status::Queued, None)]);
        house.work().await;
        assert_eq!(shown(&house).await, [(Status::NeedsReview, Some("119.00".to_owned()))]);

        let stats = house.services.stats(&house.reviewer).await.unwrap();
        assert_eq!((stats.count(Status::NeedsReview), stats.done_today), (1, 0));
        let submit = StepRequest::default();
        house.services.take_step(&house.clerk, id, Step::Submit, &submit).await.unwrap();
        assert_eq!(dashboard(&house).await.stats.count(Status::AwaitingApproval), 1);
        assert_eq!(shown(&house).await[0].0, Status::AwaitingApproval);
    }

    pub async fn a_list_is_remembered_by_its_whole_question(store: &Store) {
        let house = House::new(store).await;
        house.read_invoice("A-1").await;
        house.read_invoice("A-2").await;
        let count = async |query: InvoiceQuery| {
            house.services.invoice_list(&house.reviewer, &query).await.unwrap().invoices.len()
        };
        assert_eq!(count(InvoiceQuery::default()).await, 2);
        assert_eq!(count(InvoiceQuery { limit: Some(1), ..InvoiceQuery::default() }).await, 1);
        assert_eq!(count(InvoiceQuery { q: Some("A-2".to_owned()), ..InvoiceQuery::default() }).await, 1);
        assert_eq!(count(InvoiceQuery { status: Some(Status::Approved), ..InvoiceQuery::default() }).await, 0);
        assert_eq!(count(InvoiceQuery::default()).await, 2);
    }
}
