//! The catalogue of reasons for a rejection, kept by an admin.

use crate::store::contract;

contract!(an_admin_keeps_the_catalogue, only_what_is_offered_rejects);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::Store,
        domain::{
            error::AppError,
            ids::InvoiceId,
            invoice::{InvoiceSummary, StepRequest},
            reject_reason::RejectReason,
            status::{Status, Step},
        },
        services::rules::SETTINGS_HISTORY,
    };

    fn reason(code: &str, words: &str, is_off: bool) -> RejectReason {
        RejectReason { code: code.into(), words: words.into(), is_off }
    }

    async fn reject(house: &House, id: InvoiceId, code: &str) -> Result<InvoiceSummary, AppError> {
        let request = StepRequest {
            reason_code: Some(code.into()),
            reason: Some("See the order".into()),
            ..StepRequest::default()
        };
        house.services.take_step(&house.reviewer, id, Step::Reject, &request).await
    }

    /// What the history says last.
    async fn last(house: &House, id: InvoiceId) -> String {
        house.services.invoice_history(&house.admin, id).await.unwrap().remove(0).note.unwrap()
    }

    pub async fn an_admin_keeps_the_catalogue(store: &Store) {
        let house = House::new(store).await;
        let asked = [reason("duplicate", "Paid already", false), reason("other", "Another reason", true)];
        for actor in [&house.clerk, &house.reviewer] {
            let refused = house.services.set_reject_reasons(actor, &asked).await;
            assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
        }
        let all = house.services.set_reject_reasons(&house.admin, &asked).await.unwrap();
        assert_eq!(house.services.settings(&house.admin).await.unwrap().reject_reasons, Some(all.clone()));
        assert_eq!(house.services.settings(&house.reviewer).await.unwrap().reject_reasons, None);
        let unheard = [reason("unheard_of", "What", false)];
        let refused = house.services.set_reject_reasons(&house.admin, &unheard).await;
        assert!(matches!(refused, Err(AppError::Invalid { .. })), "{refused:?}");
        // The same again changes nothing and is not told.
        assert_eq!(house.services.set_reject_reasons(&house.admin, &asked).await.unwrap(), all);
        let history = house.services.invoice_history(&house.admin, SETTINGS_HISTORY).await.unwrap();
        let told: Vec<_> = history.into_iter().rev().filter_map(|entry| entry.note).collect();
        assert_eq!(told, ["duplicate: Paid already", "other: Another reason, not offered"]);
    }

    pub async fn only_what_is_offered_rejects(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        assert_eq!(reject(&house, id, "duplicate").await.unwrap().status, Status::Rejected);
        let asked = [
            reason("duplicate", "Paid already", true),
            reason("wrong_buyer", "For somebody else", false),
            reason("", "Price too high", false),
        ];
        house.services.set_reject_reasons(&house.admin, &asked).await.unwrap();
        let next = house.read_invoice("A-2").await;
        let offered = house.get(next).await.reject_reasons;
        assert!(offered.iter().all(|reason| !reason.is_off && reason.code != "duplicate"));
        let by_clerk = house.services.invoice(&house.clerk, next).await.unwrap();
        assert!(by_clerk.reject_reasons.is_empty(), "who may not reject is offered none");
        for wrong in ["duplicate", "unheard_of", ""] {
            let refused = reject(&house, next, wrong).await.unwrap_err();
            assert!(matches!(&refused, AppError::Invalid { field: Some(field), .. } if field == "reason_code"));
        }
        assert_eq!(house.get(next).await.summary.status, Status::NeedsReview);
        reject(&house, next, "price_too_high").await.unwrap();
        assert_eq!(last(&house, next).await, "Price too high: See the order");
        let other = house.read_invoice("A-3").await;
        reject(&house, other, "wrong_buyer").await.unwrap();
        let said = [last(&house, other).await, last(&house, id).await];
        assert_eq!(said, ["For somebody else: See the order", "Already invoiced: See the order"]);
    }
}
