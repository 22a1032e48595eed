//! Checks that ask what the house knows: its companies, what a supplier asked before, what a person said of a twin.

use crate::store::contract;

contract!(
    an_invoice_to_somebody_else_is_marked,
    a_company_that_was_added_meanwhile_stays,
    an_unusual_amount_is_told,
    a_dismissal_is_of_one_twin,
    a_number_that_was_edited_is_another_question,
    the_same_invoice_under_another_name_blocks,
);

mod check {
    use crate::services::{House, ubl, ubl_of};
    use ap_intake::{
        db::Store,
        domain::{
            checks::{CheckResult, Severity},
            error::AppError,
            field::Field,
            ids::InvoiceId,
            invoice::{FieldEdit, StepRequest},
            own_company::{LIST_CHANGED, OwnCompany},
            status::Step,
        },
        services::rules::SETTINGS_HISTORY,
    };

    fn company(name: &str, vat_id: &str) -> OwnCompany {
        OwnCompany { name: name.into(), vat_id: vat_id.into() }
    }

    /// The check with this rule of an invoice as it is kept.
    async fn told(house: &House, id: InvoiceId, rule: &str) -> Option<CheckResult> {
        house.get(id).await.checks.into_iter().find(|check| check.rule == rule)
    }

    async fn read(house: &House, document: String) -> InvoiceId {
        let id = house.upload(&house.clerk, "invoice.xml", document).await;
        house.work().await;
        id
    }

    pub async fn an_invoice_to_somebody_else_is_marked(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let id = house.read_invoice("A-1").await;
        assert_eq!(told(&house, id, "buyer-not-us").await, None, "no companies are set");
        let asked = [company(" Halde Bau  GmbH", "de 136 695 976"), company("", "")];
        for actor in [&house.clerk, &house.reviewer] {
            let refused = services.set_own_companies(actor, &[], &asked).await;
            assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
        }
        let kept = services.set_own_companies(&house.admin, &[], &asked).await.unwrap();
        assert_eq!(kept, [company("Halde Bau GmbH", "DE136695976")]);
        assert_eq!(services.settings(&house.admin).await.unwrap().own_companies, Some(kept.clone()));
        assert_eq!(services.settings(&house.reviewer).await.unwrap().own_companies, None);
        let id = house.read_invoice("A-2").await;
        let check = told(&house, id, "buyer-not-us").await.unwrap();
        assert_eq!((check.severity, check.fields[0]), (Severity::Error, Field::BuyerName));
        assert!(check.message.contains("Addressed to Buyer,"), "{}", check.message);
        // Corrected; and when the companies are others later.
        let edit = [FieldEdit::new(Field::BuyerName, 1, "HALDE BAU")];
        let corrected = services.edit_fields(&house.clerk, id, "1", &edit).await.unwrap();
        assert!(corrected.checks.is_empty());
        services.set_own_companies(&house.admin, &kept, &[company("Buyer", "")]).await.unwrap();
        let refused = services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await;
        assert!(matches!(refused, Err(AppError::Blocked { .. })), "checked again before the decision: {refused:?}");
        let history = services.invoice_history(&house.admin, SETTINGS_HISTORY).await.unwrap();
        let told: Vec<_> = history.into_iter().rev().map(|entry| (entry.action, entry.note.unwrap())).collect();
        let words = |action: &str, note: &str| (action.to_owned(), note.to_owned());
        assert_eq!(
            told,
            [
                words("own_company_added", "Halde Bau GmbH DE136695976"),
                words("own_company_removed", "Halde Bau GmbH DE136695976"),
                words("own_company_added", "Buyer"),
            ]
        );
        let seen = [company("Buyer", "")];
        let nameless = services.set_own_companies(&house.admin, &seen, &[company("", "DE136695976")]).await;
        assert!(matches!(nameless, Err(AppError::Invalid { .. })), "{nameless:?}");
    }

    /// An admin who saw some companies adds another one.
    async fn add(house: &House, seen: &[OwnCompany], name: &str) -> Result<Vec<OwnCompany>, AppError> {
        let mut all = seen.to_vec();
        all.push(company(name, ""));
        house.services.set_own_companies(&house.admin, seen, &all).await
    }

    pub async fn a_company_that_was_added_meanwhile_stays(store: &Store) {
        let house = House::new(store).await;
        let first = add(&house, &[], "Halde Bau").await.unwrap();
        // Two admins look at it.
        let now = add(&house, &first, "Halde Italia").await.unwrap();
        let refused = add(&house, &first, "Halde France").await.expect_err("the list changed");
        assert_eq!((refused.code(), refused.status()), (LIST_CHANGED, 409));
        assert_eq!(house.services.settings(&house.admin).await.unwrap().own_companies, Some(now.clone()));
        add(&house, &now, "Halde France").await.unwrap();
        // A refusal is no change: the history tells the three that were added.
        let history = house.services.invoice_history(&house.admin, SETTINGS_HISTORY).await.unwrap();
        assert_eq!(history.len(), 3);
    }

    pub async fn an_unusual_amount_is_told(store: &Store) {
        let house = House::new(store).await;
        let invoice = |number: u8| ubl_of(&format!("N-{}", char::from(b'A' + number)), "Acme", "DE136695976", "");
        for number in 0..10 {
            let id = read(&house, invoice(number)).await;
            assert_eq!(told(&house, id, "amount-unusual").await, None, "too few to know");
            house.services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await.unwrap();
        }
        let usual = read(&house, invoice(10)).await;
        assert_eq!(told(&house, usual, "amount-unusual").await, None);
        let unusual = read(&house, invoice(11).replace(">119.00<", ">1119.00<")).await;
        let check = told(&house, unusual, "amount-unusual").await.unwrap();
        assert_eq!(check.severity, Severity::Warning);
        assert!(check.message.contains("last 10 invoices were mostly between 107.10 and 130.90 EUR"), "{check:?}");
        // A credit is compared with nothing, and neither is another currency.
        for (field, value) in [(Field::DocumentType, "381"), (Field::Currency, "USD")] {
            let edit = [FieldEdit::new(field, 1, value)];
            let result = house.services.edit_fields(&house.clerk, unusual, value, &edit).await.unwrap();
            assert!(result.checks.iter().all(|check| check.rule != "amount-unusual"), "{value}");
            let back = [FieldEdit::new(field, 2, if field == Field::Currency { "EUR" } else { "380" })];
            let result =
                house.services.edit_fields(&house.clerk, unusual, &[value, "b"].concat(), &back).await.unwrap();
            assert!(result.checks.iter().any(|check| check.rule == "amount-unusual"), "{value}");
        }
    }

    async fn dismiss(house: &House, id: InvoiceId) {
        house.services.take_step(&house.clerk, id, Step::NotDuplicate, &StepRequest::default()).await.unwrap();
    }

    pub async fn a_dismissal_is_of_one_twin(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let first = read(&house, ubl("A-1")).await;
        let second = read(&house, ubl("A-1").replace("Thing", "Other thing")).await;
        assert_eq!(house.get(second).await.summary.duplicate_of, Some(first));
        dismiss(&house, second).await;
        let invoice = house.get(second).await;
        assert_eq!((invoice.checks, invoice.summary.duplicate_of), (Vec::new(), None));
        let history = services.invoice_history(&house.clerk, second).await.unwrap();
        assert_eq!((history[0].action.as_str(), history[0].note.as_deref()), ("not_duplicate", Some("Is not A-1")));
        // A third one looks like the first; and becomes, when that is out of the way, another twin of the second.
        let third = read(&house, ubl("A-1").replace("Thing", "Third thing")).await;
        assert_eq!(house.get(third).await.summary.duplicate_of, Some(first));
        dismiss(&house, third).await;
        assert_eq!(house.get(third).await.summary.duplicate_of, Some(second), "this was not asked yet");
        let refused = services.take_step(&house.reviewer, third, Step::Approve, &StepRequest::default()).await;
        assert!(matches!(refused, Err(AppError::Blocked { .. })), "{refused:?}");
        dismiss(&house, third).await;
        for id in [first, second, third] {
            services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await.unwrap();
        }
    }

    pub async fn a_number_that_was_edited_is_another_question(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let (first, other) = (house.read_invoice("A-1").await, house.read_invoice("A-2").await);
        let supplier = [FieldEdit::new(Field::SupplierName, 1, "Supplier of A-1")];
        let alike = services.edit_fields(&house.clerk, other, "1", &supplier).await.unwrap();
        assert!(alike.checks[0].message.contains("same amount and date"), "{:?}", alike.checks);
        dismiss(&house, other).await;
        assert!(house.get(other).await.checks.is_empty());
        let number = [FieldEdit::new(Field::InvoiceNumber, 1, "A-1")];
        let renumbered = services.edit_fields(&house.clerk, other, "2", &number).await.unwrap();
        assert!(renumbered.checks[0].message.contains("same number"), "{:?}", renumbered.checks);
        assert_eq!(house.get(other).await.summary.duplicate_of, Some(first));
        let refused = services.take_step(&house.reviewer, other, Step::Approve, &StepRequest::default()).await;
        assert!(matches!(refused, Err(AppError::Blocked { .. })), "{refused:?}");
    }

    pub async fn the_same_invoice_under_another_name_blocks(store: &Store) {
        let house = House::new(store).await;
        let first = read(&house, ubl("A-1")).await;
        let second = read(&house, ubl("A-1").replace("Supplier of A-1", "Trading name")).await;
        let invoice = house.get(second).await;
        assert_eq!(invoice.summary.duplicate_of, Some(first));
        assert_eq!(invoice.checks[0].severity, Severity::Block);
        assert!(invoice.checks[0].message.contains("from a supplier of another name"), "{:?}", invoice.checks);
    }
}
