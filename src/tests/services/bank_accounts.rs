//! A changed bank account blocks approval until a second person verified it.

use crate::store::contract;

contract!(
    a_first_account_is_told_and_does_not_block,
    a_changed_account_blocks_every_approval,
    a_second_person_verifies_it,
    nobody_verifies_what_they_touched,
    one_person_alone_verifies_where_that_is_allowed,
    another_account_is_another_question,
    who_leaves_the_vat_id_out_is_no_new_supplier,
    a_verification_clears_other_invoices,
    an_approval_taken_back_makes_no_account_known,
    what_is_asked_is_checked,
);

mod check {
    use crate::services::{House, ubl};
    use ap_intake::{
        db::Store,
        domain::{
            bank_account::{AccountVerification, Origin, Standing},
            checks::Severity,
            error::AppError,
            events::Event,
            field::Field,
            ids::InvoiceId,
            invoice::{FieldEdit, InvoiceSummary, SeenInvoice, StepRequest},
            roles::{Actor, Role},
            status::{Status, Step},
        },
    };

    const OURS: &str = "DE89370400440532013000";
    const OTHER: &str = "AT611904300234573201";
    const THIRD: &str = "BE68539007547034";
    const VAT_ID: &str = "DE123456788";

    /// An invoice of one supplier, brought by the clerk.
    async fn invoice(house: &House, number: &str, account: &str) -> InvoiceId {
        of(house, number, "Acme GmbH", VAT_ID, account).await
    }

    async fn of(house: &House, number: &str, supplier: &str, vat_id: &str, account: &str) -> InvoiceId {
        let id =
            house.upload(&house.clerk, &format!("{number}.xml"), document(number, supplier, vat_id, account)).await;
        house.work().await;
        id
    }

    fn document(number: &str, supplier: &str, vat_id: &str, account: &str) -> String {
        super::super::ubl_of(number, supplier, vat_id, account)
    }

    async fn approve(house: &House, who: &Actor, id: InvoiceId) -> Result<InvoiceSummary, AppError> {
        house.services.take_step(who, id, Step::Approve, &StepRequest::default()).await
    }

    async fn verify(house: &House, who: &Actor, id: InvoiceId, account: &str) -> Result<InvoiceSummary, AppError> {
        let said = AccountVerification { account: account.into(), note: "Called the number on file".into() };
        house.services.verify_account(who, id, &said).await
    }

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    async fn standing(house: &House, id: InvoiceId) -> Option<Standing> {
        house.get(id).await.bank_account.map(|account| account.standing)
    }

    /// One more clerk.
    async fn clerk(store: &Store, name: &str) -> Actor {
        let user_id = crate::store::add_user(store, name, Role::Clerk).await;
        Actor { user_id, name: name.into(), role: Role::Clerk, rights: Role::Clerk.rights().to_vec() }
    }

    pub async fn a_first_account_is_told_and_does_not_block(store: &Store) {
        let house = House::new(store).await;
        let id = invoice(&house, "A-1", OURS).await;
        let seen = house.get(id).await;
        let check = seen.checks.iter().find(|check| check.fields == [Field::Iban]).unwrap();
        assert_eq!((check.rule.as_str(), check.severity), ("account-unverified", Severity::Warning));
        assert!(seen.review_reasons.iter().any(|reason| reason.code == "account-unverified"));
        assert_eq!(seen.summary.failing_checks, 0, "it is told, and nothing is wrong");
        let account = seen.bank_account.unwrap();
        assert_eq!((account.standing, account.known, account.may_verify), (Standing::Unverified, None, true));
        assert_eq!(approve(&house, &house.reviewer, id).await.unwrap().status, Status::Approved);
        // From now on it is the known one.
        let next = house.get(invoice(&house, "A-2", OURS).await).await;
        assert!(next.checks.is_empty(), "{:?}", next.checks);
        let account = next.bank_account.unwrap();
        assert_eq!((account.standing, account.may_verify), (Standing::Known, false));
        let known = account.known.unwrap();
        assert_eq!((known.origin, known.person.as_str()), (Origin::Approved, "reviewer"));
        // And an invoice without one asks nothing.
        let without = house.get(house.read_invoice("B-1").await).await;
        assert!(without.bank_account.is_none() && without.checks.is_empty());
    }

    pub async fn a_changed_account_blocks_every_approval(store: &Store) {
        let house = House::new(store).await;
        let id = invoice(&house, "A-1", OURS).await;
        approve(&house, &house.reviewer, id).await.unwrap();
        let id = invoice(&house, "A-2", OTHER).await;
        let seen = house.get(id).await;
        assert_eq!((seen.checks[0].rule.as_str(), seen.checks[0].severity), ("account-changed", Severity::Block));
        assert!(seen.checks[0].message.ends_with("ending in 3000"), "{}", seen.checks[0].message);
        assert!(!seen.allowed.contains(&Step::Approve) && seen.allowed.contains(&Step::Reject));
        let account = seen.bank_account.unwrap();
        assert_eq!((account.standing, account.known.unwrap().account.as_str()), (Standing::Changed, OURS));
        let refused = approve(&house, &house.reviewer, id).await;
        assert!(refused.as_ref().unwrap_err().to_string().contains("ending in 3000"));
        assert_eq!(code(refused), "account-changed");
        let reason = StepRequest { reason: Some("I know better".into()), ..StepRequest::default() };
        assert_eq!(
            code(house.services.take_step(&house.reviewer, id, Step::Approve, &reason).await),
            "account-changed"
        );
        let asked = [SeenInvoice { id, version: seen.summary.version }];
        let outcomes = house.decide_all(&house.reviewer, &asked, Step::Approve).await.unwrap();
        assert_eq!(outcomes[0].taken.as_ref().unwrap_err().code(), "account-changed");
        // It can be submitted: whoever approves sees the question too.
        house.services.take_step(&house.clerk, id, Step::Submit, &StepRequest::default()).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "account-changed");
        assert_eq!(house.get(id).await.summary.status, Status::AwaitingApproval);
        // Nor does a rule that lets people approve their own work.
        house.services.set_self_approval(&house.admin, true).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "account-changed");
    }

    pub async fn a_second_person_verifies_it(store: &Store) {
        let house = House::new(store).await;
        let first = invoice(&house, "A-1", OURS).await;
        approve(&house, &house.reviewer, first).await.unwrap();
        let id = invoice(&house, "A-2", OTHER).await;
        let version = house.get(id).await.summary.version;
        let now = verify(&house, &house.reviewer, id, "at61 1904 3002 3457 3201").await.unwrap();
        assert!(now.version > version && now.failing_checks == 0);
        let seen = house.get(id).await;
        assert!(seen.checks.is_empty() && seen.review_reasons.is_empty(), "{:?}", seen.checks);
        let known = seen.bank_account.unwrap().known.unwrap();
        assert_eq!(
            (known.account.as_str(), known.origin, known.person.as_str()),
            (OTHER, Origin::Verified, "reviewer")
        );
        let entry = house.services.invoice_history(&house.admin, id).await.unwrap().remove(0);
        assert_eq!((entry.action.as_str(), entry.actor.as_str()), ("account_verified", "reviewer"));
        assert_eq!(entry.note.as_deref(), Some("AT611904300234573201: Called the number on file"));
        let told = house.heard.of(id).pop().unwrap();
        assert!(matches!(&told.event, Event::InvoiceUpdated { data, .. } if data.action == "account_verified"));
        // Who verified may approve.
        assert_eq!(approve(&house, &house.reviewer, id).await.unwrap().status, Status::Approved);
        // Both accounts are known now.
        for (number, account) in [("A-3", OURS), ("A-4", OTHER)] {
            assert_eq!(standing(&house, invoice(&house, number, account).await).await, Some(Standing::Known));
        }
    }

    pub async fn nobody_verifies_what_they_touched(store: &Store) {
        let house = House::new(store).await;
        let (colleague, auditor) = (clerk(store, "colleague").await, house.reader_only());
        let first = invoice(&house, "A-1", OURS).await;
        approve(&house, &house.reviewer, first).await.unwrap();
        let id = invoice(&house, "A-2", OTHER).await;
        let refused = verify(&house, &house.clerk, id, OTHER).await;
        assert!(refused.as_ref().unwrap_err().to_string().starts_with("You uploaded this invoice"));
        assert_eq!(code(refused), "four_eyes");
        assert_eq!(code(verify(&house, &auditor, id, OTHER).await), "missing_right");
        let mine = house.services.invoice(&house.clerk, id).await.unwrap().bank_account.unwrap();
        assert!(!mine.may_verify);
        // Changing anything of it is touching it.
        let edit = [FieldEdit::new(Field::BuyerName, 1, "Ours")];
        house.services.edit_fields(&house.reviewer, id, "1", &edit).await.unwrap();
        let refused = verify(&house, &house.reviewer, id, OTHER).await.unwrap_err();
        assert!(refused.to_string().starts_with("You changed this invoice"), "{refused}");
        verify(&house, &colleague, id, OTHER).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "four_eyes");
        approve(&house, &house.admin, id).await.unwrap();
    }

    pub async fn one_person_alone_verifies_where_that_is_allowed(store: &Store) {
        let house = House::new(store).await;
        let first = invoice(&house, "A-1", OURS).await;
        approve(&house, &house.reviewer, first).await.unwrap();
        let id = invoice(&house, "A-2", OTHER).await;
        house.services.set_self_approval(&house.admin, true).await.unwrap();
        verify(&house, &house.clerk, id, OTHER).await.unwrap();
        assert_eq!(standing(&house, id).await, Some(Standing::Known));
    }

    pub async fn another_account_is_another_question(store: &Store) {
        let house = House::new(store).await;
        let first = invoice(&house, "A-1", OURS).await;
        approve(&house, &house.reviewer, first).await.unwrap();
        let id = invoice(&house, "A-2", OTHER).await;
        verify(&house, &house.admin, id, OTHER).await.unwrap();
        let version = house.get(id).await.fields[&Field::Iban].version;
        let edit = [FieldEdit::new(Field::Iban, version, THIRD)];
        let edited = house.services.edit_fields(&house.clerk, id, "1", &edit).await.unwrap();
        assert_eq!(edited.checks[0].rule, "account-changed");
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "account-changed");
        assert_eq!(code(verify(&house, &house.admin, id, OTHER).await), "other_account");
    }

    pub async fn who_leaves_the_vat_id_out_is_no_new_supplier(store: &Store) {
        let house = House::new(store).await;
        let first = invoice(&house, "A-1", OURS).await;
        approve(&house, &house.reviewer, first).await.unwrap();
        for (number, name, vat_id, account, expected) in [
            ("A-2", "ACME  GmbH", "", OTHER, Standing::Changed),
            ("A-3", "Acme GmbH", "DE999999999", OTHER, Standing::Changed),
            ("A-4", "Acme Holding", VAT_ID, OTHER, Standing::Changed),
            ("A-5", "Acme Holding", VAT_ID, OURS, Standing::Known),
            ("A-6", "Another", "DE999999999", OTHER, Standing::Unverified),
        ] {
            let id = of(&house, number, name, vat_id, account).await;
            assert_eq!(standing(&house, id).await, Some(expected), "{number}");
        }
        // An account that is another supplier's is not this one's.
        let other = of(&house, "B-1", "Other Ltd", "DE888888888", THIRD).await;
        approve(&house, &house.reviewer, other).await.unwrap();
        let id = of(&house, "A-7", "Other Ltd", VAT_ID, THIRD).await;
        assert_eq!(standing(&house, id).await, Some(Standing::Changed));
    }

    pub async fn a_verification_clears_other_invoices(store: &Store) {
        let house = House::new(store).await;
        let first = invoice(&house, "A-1", OURS).await;
        approve(&house, &house.reviewer, first).await.unwrap();
        let (one, other) = (invoice(&house, "A-2", OTHER).await, invoice(&house, "A-3", OTHER).await);
        verify(&house, &house.admin, one, OTHER).await.unwrap();
        let seen = house.get(other).await;
        assert!(seen.checks.is_empty() && seen.summary.failing_checks == 0, "{:?}", seen.checks);
        let told = house.heard.of(other).pop().unwrap();
        assert!(matches!(&told.event, Event::InvoiceUpdated { data, .. } if data.action == "checked"));
        approve(&house, &house.reviewer, other).await.unwrap();
    }

    pub async fn an_approval_taken_back_makes_no_account_known(store: &Store) {
        let house = House::new(store).await;
        let first = invoice(&house, "A-1", OURS).await;
        let waiting = invoice(&house, "A-2", OTHER).await;
        assert_eq!(standing(&house, waiting).await, Some(Standing::Unverified));
        approve(&house, &house.reviewer, first).await.unwrap();
        // What another approval changed is seen when it is read, and before it is decided.
        let seen = house.get(waiting).await;
        assert_eq!((seen.checks.len(), seen.checks[0].rule.as_str()), (1, "account-changed"));
        assert_eq!(seen.review_reasons[0].code, "account-changed");
        assert_eq!(code(approve(&house, &house.reviewer, waiting).await), "account-changed");
        house.services.take_step(&house.reviewer, first, Step::Reopen, &StepRequest::default()).await.unwrap();
        assert_eq!(standing(&house, waiting).await, Some(Standing::Unverified));
        assert_eq!(standing(&house, first).await, Some(Standing::Unverified));
        approve(&house, &house.reviewer, waiting).await.unwrap();
        assert_eq!(standing(&house, first).await, Some(Standing::Changed));
    }

    pub async fn what_is_asked_is_checked(store: &Store) {
        let house = House::new(store).await;
        let id = invoice(&house, "A-1", OURS).await;
        let verify_with = |note: &str| AccountVerification { account: OURS.into(), note: note.into() };
        for note in ["", "  \n", &"x".repeat(4_001)] {
            let refused = house.services.verify_account(&house.reviewer, id, &verify_with(note)).await;
            assert_eq!(code(refused), "invalid");
        }
        let without = house.upload(&house.clerk, "b.xml", ubl("B-1")).await;
        house.work().await;
        assert_eq!(code(verify(&house, &house.reviewer, without, OURS).await), "invalid");
        approve(&house, &house.reviewer, id).await.unwrap();
        assert_eq!(code(verify(&house, &house.admin, id, OURS).await), "not_editable");
    }
}
