//! Files that hold several invoices: proposed, split by a person, or kept as one.

use crate::store::contract;

contract!(
    what_a_file_seems_to_hold_is_proposed_and_blocks_approval,
    a_file_is_split_into_invoices_of_their_own,
    a_file_that_is_one_invoice_is_kept_whole,
    only_what_can_be_split_is_split,
    who_brought_the_file_approves_none_of_its_invoices,
    a_file_that_was_split_is_known_when_it_comes_again,
);

mod check {
    use crate::services::{House, ubl};
    use ap_intake::{
        adapters::samples,
        db::Store,
        domain::{
            checks::Severity,
            error::AppError,
            ids::InvoiceId,
            invoice::StepRequest,
            splitting::{PageRange, SEVERAL_INVOICES, SplitPart, SplitRequest, ranges},
            status::{Status, Step},
        },
    };

    /// A file of three invoices as it was read, with the pages on which each begins and its number.
    async fn batch(house: &House) -> (InvoiceId, Vec<(u32, String)>) {
        let (whole, begins) = samples::batch(7, 3);
        let id = house.upload(&house.clerk, "batch.pdf", whole.bytes).await;
        house.work().await;
        (id, begins)
    }

    async fn request(house: &House, id: InvoiceId, starts: &[u32]) -> SplitRequest {
        let invoice = house.get(id).await;
        let pages = u32::try_from(invoice.pages.len()).unwrap();
        SplitRequest { base_version: invoice.summary.version, parts: ranges(starts.iter().copied(), pages) }
    }

    async fn split(house: &House, id: InvoiceId, begins: &[(u32, String)]) -> Vec<SplitPart> {
        let starts: Vec<u32> = begins.iter().map(|(page, _)| *page).collect();
        let request = request(house, id, &starts).await;
        house.services.split(&house.clerk, id, &request).await.unwrap()
    }

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    pub async fn what_a_file_seems_to_hold_is_proposed_and_blocks_approval(store: &Store) {
        let house = House::new(store).await;
        let (id, begins) = batch(&house).await;
        let invoice = house.get(id).await;
        let proposed: Vec<(u32, String)> = invoice
            .splitting
            .proposed
            .iter()
            .map(|part| (part.pages.first, part.invoice_number.clone().unwrap_or_default()))
            .collect();
        assert_eq!(proposed, begins);
        assert!(
            invoice.splitting.proposed.iter().all(|part| part.gross_total.is_some() && part.supplier_name.is_some())
        );
        assert_eq!(invoice.checks[0].rule, SEVERAL_INVOICES);
        assert_eq!(invoice.checks[0].severity, Severity::Block);
        let refused = house.services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await;
        assert_eq!(code(refused), SEVERAL_INVOICES);
    }

    pub async fn a_file_is_split_into_invoices_of_their_own(store: &Store) {
        let house = House::new(store).await;
        let (id, begins) = batch(&house).await;
        let parts = split(&house, id, &begins).await;
        let firsts: Vec<u32> = parts.iter().map(|part| part.pages.first).collect();
        assert_eq!(firsts, begins.iter().map(|(page, _)| *page).collect::<Vec<_>>());
        house.work().await;
        let whole = house.get(id).await;
        assert_eq!(whole.summary.status, Status::Cancelled);
        assert_eq!(whole.splitting.into, parts);
        for (part, (_, number)) in parts.iter().zip(&begins) {
            let invoice = house.get(part.invoice_id).await;
            assert_eq!(invoice.summary.status, Status::NeedsReview);
            assert_eq!(invoice.summary.invoice_number.as_ref(), Some(number));
            assert_eq!(invoice.pages.len(), (part.pages.last - part.pages.first + 1) as usize);
            assert!(invoice.splitting.proposed.is_empty(), "{:?}", invoice.splitting);
            let from = invoice.splitting.from.unwrap();
            assert_eq!((from.invoice_id, from.pages, from.filename.as_str()), (id, part.pages, "batch.pdf"));
            assert!(invoice.summary.duplicate_of.is_none());
            let history = house.services.invoice_history(&house.clerk, part.invoice_id).await.unwrap();
            let brought = history.last().unwrap();
            assert_eq!(brought.action, "uploaded");
            assert!(brought.note.as_deref().is_some_and(|note| note.ends_with("of batch.pdf")), "{brought:?}");
        }
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!(history[0].action, "split");
        // It is not split twice.
        let again = house.services.split(&house.clerk, id, &request(&house, id, &[2]).await).await;
        assert_eq!(code(again), "not_splittable");
    }

    pub async fn a_file_that_is_one_invoice_is_kept_whole(store: &Store) {
        let house = House::new(store).await;
        let (id, _) = batch(&house).await;
        let one = request(&house, id, &[]).await;
        assert!(house.services.split(&house.clerk, id, &one).await.unwrap().is_empty());
        let invoice = house.get(id).await;
        assert_eq!(invoice.summary.status, Status::NeedsReview);
        assert!(invoice.splitting.proposed.is_empty());
        assert!(invoice.checks.iter().all(|check| check.rule != SEVERAL_INVOICES));
        // What was said stays said when the file is read again.
        house.services.take_step(&house.clerk, id, Step::Cancel, &StepRequest::default()).await.unwrap();
        house.services.take_step(&house.clerk, id, Step::Retry, &StepRequest::default()).await.unwrap();
        house.work().await;
        assert!(house.get(id).await.splitting.proposed.is_empty());
    }

    pub async fn only_what_can_be_split_is_split(store: &Store) {
        let house = House::new(store).await;
        let (id, begins) = batch(&house).await;
        let good = request(&house, id, &[begins[1].0]).await;
        let stale = SplitRequest { base_version: good.base_version - 1, ..good.clone() };
        assert_eq!(code(house.services.split(&house.clerk, id, &stale).await), "stale");
        let gap = SplitRequest { parts: vec![PageRange { first: 1, last: 1 }], ..good.clone() };
        assert_eq!(code(house.services.split(&house.clerk, id, &gap).await), "invalid");
        assert_eq!(code(house.services.split(&house.reader_only(), id, &good).await), "missing_right");
        let xml = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        house.work().await;
        assert_eq!(
            code(house.services.split(&house.clerk, xml, &request(&house, xml, &[]).await).await),
            "not_splittable"
        );
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
        let hybrid = samples::generate(ap_intake::domain::reading::DocumentKind::FacturxPdf, 3);
        let hybrid = house.upload(&house.clerk, "hybrid.pdf", hybrid.bytes).await;
        house.work().await;
        assert!(!house.get(hybrid).await.splitting.allowed);
    }

    pub async fn who_brought_the_file_approves_none_of_its_invoices(store: &Store) {
        let house = House::new(store).await;
        let (whole, begins) = samples::batch(7, 3);
        // The reviewer brings it, the clerk splits it.
        let id = house.upload(&house.reviewer, "batch.pdf", whole.bytes).await;
        house.work().await;
        // First the last two together, then each by itself.
        let [first, second, third] = &begins[..] else { panic!("three invoices") };
        let parts = split(&house, id, &[first.clone(), second.clone()]).await;
        house.work().await;
        let rest = [(1, second.1.clone()), (third.0 - second.0 + 1, third.1.clone())];
        let again = split(&house, parts[1].invoice_id, &rest).await;
        house.work().await;
        for part in [parts[0].invoice_id, again[0].invoice_id, again[1].invoice_id] {
            let refused = house.get(part).await.approve_refused;
            assert!(refused.is_some_and(|words| words.contains("uploaded")));
        }
        // What they lead back to stays.
        for whole in [id, parts[1].invoice_id] {
            assert_eq!(code(house.services.invoice_delete(&house.clerk, whole).await), "not_deletable");
        }
    }

    pub async fn a_file_that_was_split_is_known_when_it_comes_again(store: &Store) {
        let house = House::new(store).await;
        let (id, begins) = batch(&house).await;
        split(&house, id, &begins).await;
        house.work().await;
        let (again, _) = batch(&house).await;
        assert_eq!(house.get(again).await.summary.duplicate_of, Some(id));
    }
}
