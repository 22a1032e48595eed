//! Approval without a person: off until an admin switches it on, and only where nothing asks for one.

use crate::store::contract;

contract!(
    off_until_an_admin_switches_it_on,
    what_raises_no_question_is_approved,
    what_raises_one_waits_for_a_person,
    what_a_person_touched_waits_for_a_person,
    the_rules_are_kept_checked_and_audited,
);

mod check {
    use crate::services::{House, ubl_of};
    use ap_intake::{
        db::Store,
        domain::{
            approval::Rules,
            bank_account::{Origin, Standing},
            error::AppError,
            events::Event,
            field::Field,
            ids::InvoiceId,
            invoice::{InvoiceDetail, StepRequest, UploadOptions},
            status::{Status, Step},
            touchless::{TOUCHLESS, TOUCHLESS_APPROVED, TouchlessRules},
        },
        services::{rules::SETTINGS_HISTORY, uploads::UploadFile},
    };

    const OURS: &str = "DE89370400440532013000";
    const OTHER: &str = "AT611904300234573201";
    const VAT_ID: &str = "DE123456788";

    async fn upload(house: &House, document: String, options: &UploadOptions) -> InvoiceDetail {
        let file = UploadFile { filename: "a.xml".into(), bytes: document.into() };
        let outcome = house.services.upload(&house.clerk, vec![file], options).await.unwrap().remove(0);
        house.work().await;
        house.get(outcome.invoice_id.unwrap()).await
    }

    async fn invoice(house: &House, number: &str) -> InvoiceDetail {
        upload(house, ubl_of(number, "Acme GmbH", VAT_ID, OURS), &UploadOptions::default()).await
    }

    /// Approved by a person, so that supplier and account are known.
    async fn known_supplier(house: &House) {
        let first = invoice(house, "A-1").await;
        let id = first.summary.id;
        house.services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await.unwrap();
    }

    fn rules(touchless: TouchlessRules) -> Rules {
        Rules { self_approval: false, two_approvals_over: None, currency: "EUR".into(), touchless }
    }

    fn on() -> TouchlessRules {
        TouchlessRules { is_on: true, ..TouchlessRules::default() }
    }

    async fn set(house: &House, rules: &Rules) {
        house.services.set_rules(&house.admin, rules).await.unwrap();
    }

    async fn actions(house: &House, id: InvoiceId) -> Vec<String> {
        let history = house.services.invoice_history(&house.admin, id).await.unwrap();
        history.into_iter().map(|entry| entry.action).collect()
    }

    pub async fn off_until_an_admin_switches_it_on(store: &Store) {
        let house = House::new(store).await;
        known_supplier(&house).await;
        assert_eq!(invoice(&house, "A-2").await.summary.status, Status::NeedsReview);
        for actor in [&house.clerk, &house.reviewer] {
            let refused = house.services.set_rules(actor, &rules(on())).await;
            assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
        }
        set(&house, &rules(on())).await;
        assert_eq!(invoice(&house, "A-3").await.summary.status, Status::Approved);
        set(&house, &rules(TouchlessRules::default())).await;
        assert_eq!(invoice(&house, "A-4").await.summary.status, Status::NeedsReview);
    }

    pub async fn what_raises_no_question_is_approved(store: &Store) {
        let house = House::new(store).await;
        known_supplier(&house).await;
        set(&house, &rules(TouchlessRules { ceiling: Some("119".into()), ..on() })).await;
        let approved = invoice(&house, "A-2").await;
        let id = approved.summary.id;
        assert_eq!(approved.summary.status, Status::Approved);
        let history = house.services.invoice_history(&house.admin, id).await.unwrap();
        let entry = &history[0];
        assert_eq!((entry.actor.as_str(), entry.action.as_str()), (TOUCHLESS, TOUCHLESS_APPROVED));
        let note = entry.note.as_deref().unwrap();
        for part in ["Every value read surely (0.975 or more)", "no check failed", "not above 119.00 EUR"] {
            assert!(note.contains(part), "{note}");
        }
        let events = house.heard.of(id);
        let told = events.iter().any(|told| {
            matches!(&told.event, Event::InvoiceUpdated { actor, data, .. }
                if actor == TOUCHLESS && data.action == TOUCHLESS_APPROVED && data.invoice.status == Status::Approved)
        });
        assert!(told);
        assert!(matches!(&events.last().unwrap().event, Event::ProcessingStatus { data, .. }
            if data.invoice_status == Some(Status::Approved)));
        // It can be taken back as any approval, and then a person decides.
        let (services, plain) = (&house.services, StepRequest::default());
        let refused = services.take_step(&house.clerk, id, Step::Reopen, &plain).await;
        assert!(matches!(refused, Err(AppError::Forbidden { .. })), "{refused:?}");
        let reopened = services.take_step(&house.reviewer, id, Step::Reopen, &plain).await.unwrap();
        assert_eq!(reopened.status, Status::NeedsReview);
        services.take_step(&house.reviewer, id, Step::Approve, &plain).await.unwrap();
        assert_eq!(actions(&house, id).await, ["approved", "reopened", TOUCHLESS_APPROVED, "read", "uploaded"]);
    }

    pub async fn what_raises_one_waits_for_a_person(store: &Store) {
        let house = House::new(store).await;
        set(&house, &rules(on())).await;
        let first = invoice(&house, "A-1").await;
        assert_eq!(first.summary.status, Status::NeedsReview, "an unknown supplier");
        // An account that a person verified is known; its supplier is only after an approval.
        let said = ap_intake::domain::bank_account::AccountVerification { account: OURS.into(), note: "Called".into() };
        house.services.verify_account(&house.reviewer, first.summary.id, &said).await.unwrap();
        let second = invoice(&house, "A-2").await;
        let account = second.bank_account.unwrap();
        assert_eq!((account.standing, account.known.unwrap().origin), (Standing::Known, Origin::Verified));
        assert_eq!(second.summary.status, Status::NeedsReview);
        let approve = StepRequest::default();
        house.services.take_step(&house.reviewer, first.summary.id, Step::Approve, &approve).await.unwrap();

        let asks_for_person = UploadOptions { human_in_loop: Some(true), ..UploadOptions::default() };
        let plain = UploadOptions::default();
        let of = |number: &str, account: &str| ubl_of(number, "Acme GmbH", VAT_ID, account);
        let too = format!(
            "<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>\
             <cbc:ID>{OTHER}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans><cac:TaxTotal>"
        );
        for (document, options, why) in [
            (of("A-3", OURS), &asks_for_person, "a person was asked for"),
            (of("A-4", OTHER), &plain, "another account"),
            (of("A-5", OURS).replace(">119.00<", ">120.00<"), &plain, "a failing check"),
            (of("A-6", OURS).replace("2026-12-02", "2026-01-02"), &plain, "a warning"),
            (of("A-1", OURS).replace("Thing", "Other thing"), &plain, "a duplicate"),
            (of("A-7", OURS).replacen("<cac:TaxTotal>", &too, 1), &plain, "another account beside the known one"),
        ] {
            assert_eq!(upload(&house, document, options).await.summary.status, Status::NeedsReview, "{why}");
        }
        for (number, rules) in [
            ("B-1", rules(TouchlessRules { ceiling: Some("118.99".into()), ..on() })),
            ("B-2", Rules { two_approvals_over: Some("118.99".into()), ..rules(on()) }),
            ("B-3", Rules { currency: "CHF".into(), ..rules(TouchlessRules { ceiling: Some("1000".into()), ..on() }) }),
        ] {
            set(&house, &rules).await;
            assert_eq!(invoice(&house, number).await.summary.status, Status::NeedsReview, "{number}");
        }
        set(&house, &rules(on())).await;
        assert_eq!(invoice(&house, "B-4").await.summary.status, Status::Approved, "and nothing else was in the way");
    }

    pub async fn what_a_person_touched_waits_for_a_person(store: &Store) {
        let house = House::new(store).await;
        known_supplier(&house).await;
        set(&house, &rules(on())).await;
        let document = ubl_of("A-2", "Acme GmbH", VAT_ID, OURS);
        let id = house.upload(&house.clerk, "a.xml", document).await;
        for step in [Step::Cancel, Step::Retry] {
            house.services.take_step(&house.clerk, id, step, &StepRequest::default()).await.unwrap();
        }
        house.work().await;
        let seen = house.get(id).await;
        assert_eq!(seen.summary.status, Status::NeedsReview);
        assert_eq!(seen.fields[&Field::Iban].value, OURS);
    }

    pub async fn the_rules_are_kept_checked_and_audited(store: &Store) {
        let house = House::new(store).await;
        let touchless = |sure_from: &str, ceiling: &str| {
            rules(TouchlessRules { is_on: true, sure_from: sure_from.into(), ceiling: Some(ceiling.into()) })
        };
        let kept = house.services.set_rules(&house.admin, &touchless("0,990", "5.000")).await.unwrap();
        let expected = TouchlessRules { is_on: true, sure_from: "0.99".into(), ceiling: Some("5000.00".into()) };
        assert_eq!(kept.touchless, expected);
        assert_eq!(house.services.settings(&house.admin).await.unwrap().rules, kept);
        for wrong in [("", ""), ("much", ""), ("0.49", ""), ("1.01", ""), ("0.975", "much"), ("0.975", "-1")] {
            let refused = house.services.set_rules(&house.admin, &touchless(wrong.0, wrong.1)).await;
            assert!(matches!(refused, Err(AppError::Invalid { .. })), "{wrong:?}");
        }
        house.services.set_rules(&house.admin, &rules(TouchlessRules::default())).await.unwrap();
        let history = house.services.invoice_history(&house.admin, SETTINGS_HISTORY).await.unwrap();
        let told: Vec<_> = history.into_iter().rev().map(|entry| (entry.action, entry.note.unwrap())).collect();
        let told: Vec<_> = told.iter().map(|(action, note)| (action.as_str(), note.as_str())).collect();
        assert_eq!(
            told,
            [
                ("touchless", "on"),
                ("touchless_sure_from", "0.99"),
                ("touchless_ceiling", "5000.00"),
                ("touchless", "off"),
                ("touchless_sure_from", "0.975"),
                ("touchless_ceiling", "off"),
            ]
        );
    }
}
