//! Who may approve how much: limits, two approvals, standing in, and the people and rules behind them.

use crate::store::contract;

contract!(
    nobody_approves_over_their_limit,
    another_currency_is_over_any_limit,
    what_has_no_amount_is_over_any_limit,
    two_people_approve_above_an_amount,
    the_second_approval_is_another_persons,
    an_edit_voids_the_first_approval,
    an_edit_by_the_first_approver_voids_their_approval,
    a_rule_taken_back_leaves_one_approval,
    a_stand_in_has_the_higher_limit_on_those_days,
    a_stand_in_decides_nothing_of_their_own,
    a_borrowed_limit_counts_once,
    delegations_are_checked,
    the_last_admin_stays,
    members_are_kept_and_audited,
    only_admins_set_rules,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::{self, Store, invoices::today, now_ms},
        domain::{
            approval::{Delegation, NewMember, Rules},
            comment::Person,
            error::AppError,
            events::Event,
            field::Field,
            ids::{InvoiceId, UserId},
            invoice::{FieldEdit, InvoiceSummary, StepRequest},
            roles::{Actor, Role},
            status::{Status, Step},
            touchless::TouchlessRules,
        },
        services::rules::SETTINGS_HISTORY,
    };

    /// One more reviewer.
    async fn reviewer(store: &Store, name: &str) -> Actor {
        let user_id = crate::store::add_user(store, name, Role::Reviewer).await;
        Actor { user_id, name: name.into(), role: Role::Reviewer, rights: Role::Reviewer.rights().to_vec() }
    }

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    fn edit(name: Field, base_version: i64, value: &str) -> FieldEdit {
        FieldEdit::new(name, base_version, value)
    }

    async fn limit(house: &House, who: &Actor, limit: &str) {
        house.services.member_change(&house.admin, who.user_id, who.role, limit).await.unwrap();
    }

    async fn two_over(house: &House, amount: &str) {
        let rules = Rules {
            self_approval: false,
            two_approvals_over: Some(amount.into()),
            currency: "EUR".to_owned(),
            touchless: TouchlessRules::default(),
        };
        house.services.set_rules(&house.admin, &rules).await.unwrap();
    }

    async fn approve(house: &House, who: &Actor, id: InvoiceId) -> Result<InvoiceSummary, AppError> {
        house.services.take_step(who, id, Step::Approve, &StepRequest::default()).await
    }

    /// What the history says last: action and note.
    async fn last(house: &House, id: InvoiceId) -> (String, Option<String>) {
        let entry = house.services.invoice_history(&house.admin, id).await.unwrap().remove(0);
        (entry.action, entry.note)
    }

    /// A delegation whatever its days.
    async fn lends(store: &Store, from: &Actor, to: &Actor, first_day: &str, last_day: &str) {
        let person = |actor: &Actor| Person { id: actor.user_id, name: actor.name.clone() };
        let delegation = Delegation {
            id: uuid::Uuid::now_v7().to_string(),
            from: person(from),
            to: person(to),
            first_day: first_day.into(),
            last_day: last_day.into(),
        };
        let mut tx = store.begin().await.unwrap();
        db::delegations::delegation_insert(&mut tx, &delegation, now_ms()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn nobody_approves_over_their_limit(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        limit(&house, &house.reviewer, "118,99").await;
        let refused = approve(&house, &house.reviewer, id).await;
        assert_eq!(refused.as_ref().unwrap_err().to_string(), "Over your limit of 118.99 EUR");
        assert_eq!(code(refused), "over_limit");
        let seen = house.get(id).await;
        assert_eq!(seen.approve_refused.as_deref(), Some("Over your limit of 118.99 EUR"));
        assert!(!seen.allowed.contains(&Step::Approve) && seen.allowed.contains(&Step::Reject));
        // A token speaks for its person.
        let token = house.services.token_create("reviewer@example.com", "t", house.reviewer.role.rights()).await;
        let token = house.services.actor_by_token(&token.unwrap()).await.unwrap();
        assert_eq!(code(approve(&house, &token, id).await), "over_limit");
        limit(&house, &house.reviewer, "119").await;
        assert_eq!(approve(&house, &house.reviewer, id).await.unwrap().status, Status::Approved);
        assert_eq!(last(&house, id).await, ("approved".into(), None));
    }

    pub async fn another_currency_is_over_any_limit(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        limit(&house, &house.reviewer, "1,000,000").await;
        house.services.edit_fields(&house.clerk, id, "1", &[edit(Field::Currency, 1, "USD")]).await.unwrap();
        let refused = approve(&house, &house.reviewer, id).await.unwrap_err();
        assert_eq!(refused.to_string(), "Over your limit of 1,000,000.00 EUR: the invoice is in USD");
        let dollars = Rules {
            self_approval: false,
            two_approvals_over: None,
            currency: "usd".to_owned(),
            touchless: TouchlessRules::default(),
        };
        house.services.set_rules(&house.admin, &dollars).await.unwrap();
        approve(&house, &house.reviewer, id).await.unwrap();
    }

    pub async fn what_has_no_amount_is_over_any_limit(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        limit(&house, &house.reviewer, "1,000,000").await;
        // No door writes such a value; a database may hold one.
        let mut tx = store.begin_quiet().await.unwrap();
        sqlx::query("UPDATE invoice_fields SET value = 'much' WHERE name = 'gross_total'")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let refused = approve(&house, &house.reviewer, id).await.unwrap_err();
        assert_eq!(refused.to_string(), "Over your limit of 1,000,000.00 EUR: its gross total can not be read");
    }

    pub async fn two_people_approve_above_an_amount(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        two_over(&house, "119").await;
        assert_eq!(approve(&house, &house.reviewer, id).await.unwrap().status, Status::Approved, "not above");
        two_over(&house, "100").await;
        let id = house.read_invoice("A-2").await;
        // Submitting and approving in one step is one approval of the two.
        let first = approve(&house, &house.reviewer, id).await.unwrap();
        assert_eq!(first.status, Status::AwaitingApproval);
        assert_eq!(last(&house, id).await.0, "approved_first");
        assert_eq!(house.get(id).await.first_approver.as_deref(), Some("reviewer"));
        assert!(house.get(id).await.summary.approved_once);
        let told = house.heard.of(id).pop().unwrap();
        assert!(matches!(&told.event, Event::InvoiceUpdated { data, .. }
            if data.action == "approved_first" && data.invoice.status == Status::AwaitingApproval
                && data.invoice.approved_once));
        let second = approve(&house, &house.admin, id).await.unwrap();
        assert_eq!(second.status, Status::Approved);
        assert_eq!(last(&house, id).await.0, "approved");
        assert_eq!(house.get(id).await.first_approver, None);
        assert!(!house.get(id).await.summary.approved_once);
    }

    pub async fn the_second_approval_is_another_persons(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        two_over(&house, "100").await;
        let submit = StepRequest::default();
        house.services.take_step(&house.clerk, id, Step::Submit, &submit).await.unwrap();
        approve(&house, &house.reviewer, id).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "second_approver");
        let seen = house.get(id).await;
        assert!(!seen.allowed.contains(&Step::Approve));
        assert!(seen.approve_refused.is_some_and(|words| words.contains("1 of 2 approvals")));
        // Not even where people may approve their own.
        house.services.set_self_approval(&house.admin, true).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "second_approver");
        house.services.set_self_approval(&house.admin, false).await.unwrap();
        // Nor somebody who touched it.
        house.services.edit_fields(&house.admin, id, "1", &[edit(Field::Note, 0, "Seen")]).await.unwrap();
        assert_eq!(code(approve(&house, &house.admin, id).await), "four_eyes");
        let third = reviewer(store, "third").await;
        limit(&house, &third, "100").await;
        assert_eq!(code(approve(&house, &third, id).await), "over_limit");
        limit(&house, &third, "").await;
        assert_eq!(approve(&house, &third, id).await.unwrap().status, Status::Approved);
    }

    pub async fn an_edit_voids_the_first_approval(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        two_over(&house, "100").await;
        approve(&house, &house.reviewer, id).await.unwrap();
        let kept = house.services.edit_fields(&house.clerk, id, "1", &[edit(Field::Note, 0, "hello")]).await.unwrap();
        assert_eq!(kept.status, Status::AwaitingApproval);
        assert!(house.get(id).await.first_approver.is_some(), "as the submission stands, so does the approval");
        let voided =
            house.services.edit_fields(&house.clerk, id, "2", &[edit(Field::Iban, 0, "DE89370400440532013000")]).await;
        assert_eq!(voided.unwrap().status, Status::NeedsReview);
        assert_eq!(house.get(id).await.first_approver, None);
        // From the beginning, by the same people.
        approve(&house, &house.reviewer, id).await.unwrap();
        // Sent back, it is forgotten too.
        house.services.take_step(&house.reviewer, id, Step::Reopen, &StepRequest::default()).await.unwrap();
        assert_eq!(approve(&house, &house.admin, id).await.unwrap().status, Status::AwaitingApproval);
        assert_eq!(approve(&house, &house.reviewer, id).await.unwrap().status, Status::Approved);
    }

    pub async fn an_edit_by_the_first_approver_voids_their_approval(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        two_over(&house, "100").await;
        approve(&house, &house.reviewer, id).await.unwrap();
        let note = [edit(Field::Note, 0, "mine")];
        let result = house.services.edit_fields(&house.reviewer, id, "1", &note).await.unwrap();
        assert_eq!(result.status, Status::AwaitingApproval);
        assert_eq!(house.get(id).await.first_approver, None);
        assert!(last(&house, id).await.1.is_some_and(|note| note.contains("no longer counts")));
        assert_eq!(approve(&house, &house.admin, id).await.unwrap().status, Status::AwaitingApproval);
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "four_eyes");
    }

    pub async fn a_rule_taken_back_leaves_one_approval(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        two_over(&house, "100").await;
        approve(&house, &house.reviewer, id).await.unwrap();
        two_over(&house, "").await;
        assert_eq!(house.get(id).await.first_approver, None, "none is awaited");
        assert_eq!(approve(&house, &house.reviewer, id).await.unwrap().status, Status::Approved);
    }

    pub async fn a_stand_in_has_the_higher_limit_on_those_days(store: &Store) {
        let house = House::new(store).await;
        let chief = reviewer(store, "chief").await;
        let id = house.read_invoice("A-1").await;
        limit(&house, &house.reviewer, "50").await;
        limit(&house, &chief, "110").await;
        let today = today();
        lends(store, &chief, &house.reviewer, "2020-01-01", "2020-12-31").await;
        lends(store, &chief, &house.reviewer, "2099-01-01", "2099-12-31").await;
        let limit_told = async |house: &House| approve(house, &house.reviewer, id).await.unwrap_err().to_string();
        assert_eq!(limit_told(&house).await, "Over your limit of 50.00 EUR", "over, and not begun");
        house.services.delegation_add(&chief, house.reviewer.user_id, &today, &today).await.unwrap();
        assert_eq!(limit_told(&house).await, "Over your limit of 110.00 EUR");
        limit(&house, &chief, "119").await;
        approve(&house, &house.reviewer, id).await.unwrap();
        assert_eq!(last(&house, id).await, ("approved".into(), Some("for chief".into())));
        // Within their own limit it is their own approval.
        limit(&house, &house.reviewer, "500").await;
        let own = house.read_invoice("A-2").await;
        approve(&house, &house.reviewer, own).await.unwrap();
        assert_eq!(last(&house, own).await, ("approved".into(), None));
        // It ends with the delegation, and with the access of whoever gave it.
        limit(&house, &house.reviewer, "50").await;
        let third = house.read_invoice("A-3").await;
        assert!(house.get(third).await.approve_refused.is_none());
        house.services.member_set_disabled(&house.admin, chief.user_id, true).await.unwrap();
        assert!(house.get(third).await.approve_refused.is_some());
        house.services.member_set_disabled(&house.admin, chief.user_id, false).await.unwrap();
        let given = house.services.settings(&chief).await.unwrap().stand_ins.unwrap().delegations;
        assert_eq!(given.len(), 2, "what is over is not shown");
        assert_eq!(code(house.services.delegation_end(&house.reviewer, &given[0].id).await), "not_found");
        house.services.delegation_end(&chief, &given[0].id).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, third).await), "over_limit");
        let audit = house.services.invoice_history(&house.admin, SETTINGS_HISTORY).await.unwrap();
        assert_eq!((audit[0].actor.as_str(), audit[0].action.as_str()), ("chief", "delegation_ended"));
    }

    pub async fn a_stand_in_decides_nothing_of_their_own(store: &Store) {
        let house = House::new(store).await;
        let chief = reviewer(store, "chief").await;
        limit(&house, &house.reviewer, "50").await;
        let today = today();
        house.services.delegation_add(&chief, house.reviewer.user_id, &today, &today).await.unwrap();
        let changed = house.read_invoice("A-1").await;
        let note = [edit(Field::Note, 0, "mine")];
        house.services.edit_fields(&house.reviewer, changed, "1", &note).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, changed).await), "four_eyes");
        let submitted = house.read_invoice("A-2").await;
        let request = StepRequest::default();
        house.services.take_step(&house.reviewer, submitted, Step::Submit, &request).await.unwrap();
        let refused = approve(&house, &house.reviewer, submitted).await.unwrap_err();
        assert_eq!(refused.to_string(), "You submitted this invoice, so you can not approve it for chief");
    }

    /// Of two approvals, one person's right is used once, whoever uses it.
    pub async fn a_borrowed_limit_counts_once(store: &Store) {
        let house = House::new(store).await;
        let chief = reviewer(store, "chief").await;
        limit(&house, &house.reviewer, "50").await;
        two_over(&house, "100").await;
        let today = today();
        house.services.delegation_add(&chief, house.reviewer.user_id, &today, &today).await.unwrap();
        let id = house.read_invoice("A-1").await;
        approve(&house, &chief, id).await.unwrap();
        assert_eq!(code(approve(&house, &house.reviewer, id).await), "over_limit");
        approve(&house, &house.admin, id).await.unwrap();
        let id = house.read_invoice("A-2").await;
        approve(&house, &house.reviewer, id).await.unwrap();
        assert_eq!(last(&house, id).await, ("approved_first".into(), Some("for chief".into())));
        assert_eq!(code(approve(&house, &chief, id).await), "second_approver");
        approve(&house, &house.admin, id).await.unwrap();
    }

    pub async fn delegations_are_checked(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let today = today();
        let to = house.admin.user_id;
        let add = async |from: &Actor, to: UserId, first: &str, last: &str| {
            services.delegation_add(from, to, first, last).await
        };
        assert_eq!(code(add(&house.clerk, to, &today, &today).await), "missing_right");
        assert_eq!(code(add(&house.reviewer, house.clerk.user_id, &today, &today).await), "invalid", "may not approve");
        assert_eq!(code(add(&house.reviewer, house.reviewer.user_id, &today, &today).await), "invalid");
        assert_eq!(code(add(&house.reviewer, to, "2020-01-01", "2020-01-02").await), "invalid", "has passed");
        assert_eq!(code(add(&house.reviewer, to, "2099-01-02", "2099-01-01").await), "invalid");
        assert_eq!(code(add(&house.reviewer, to, "soon", &today).await), "invalid");
        add(&house.reviewer, to, &today, "2099-01-01").await.unwrap();
        let seen = services.settings(&house.admin).await.unwrap().stand_ins.unwrap();
        assert_eq!((seen.delegations[0].from.id, seen.delegations[0].to.id), (house.reviewer.user_id, to));
        assert_eq!(seen.colleagues.iter().map(|person| person.id).collect::<Vec<_>>(), [house.reviewer.user_id]);
        // The days count from the first to the last.
        let lenders = async |day: &str| {
            db::delegations::delegation_lenders(&mut store.read().await.unwrap(), to, day).await.unwrap().len()
        };
        assert_eq!((lenders(&today).await, lenders("2099-01-01").await), (1, 1));
        assert_eq!((lenders("2020-01-01").await, lenders("2099-01-02").await), (0, 0));
    }

    pub async fn the_last_admin_stays(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let (admin, id) = (&house.admin, house.admin.user_id);
        assert_eq!(code(services.member_set_disabled(admin, id, true).await), "last_admin");
        assert_eq!(code(services.member_change(admin, id, Role::Reviewer, "").await), "last_admin");
        assert_eq!(code(services.user_disable("admin@example.com").await), "last_admin");
        services.member_change(admin, id, Role::Admin, "500").await.unwrap();
        services.member_change(admin, house.reviewer.user_id, Role::Admin, "").await.unwrap();
        services.member_set_disabled(admin, id, true).await.unwrap();
        let other = Actor { role: Role::Admin, rights: Role::Admin.rights().to_vec(), ..house.reviewer.clone() };
        assert_eq!(code(services.member_set_disabled(&other, other.user_id, true).await), "last_admin");
        services.member_set_disabled(&other, id, false).await.unwrap();
        services.member_set_disabled(&other, other.user_id, true).await.unwrap();
    }

    pub async fn members_are_kept_and_audited(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let new = NewMember {
            name: "New Person".into(),
            email: " New@Example.com".into(),
            role: Role::Reviewer,
            approval_limit: "5.000,00".into(),
            password: String::new(),
        };
        assert_eq!(code(services.member_add(&house.reviewer, &new).await), "missing_right");
        let password = services.member_add(&house.admin, &new).await.unwrap().expect("one that was made up");
        let account = services.account_by_password("new@example.com", &password).await.unwrap();
        assert_eq!(code(services.member_add(&house.admin, &new).await), "invalid", "the address is taken");
        for (limit, password) in [("much", ""), ("-1", ""), ("", "short")] {
            let new = NewMember { approval_limit: limit.into(), password: password.into(), ..new.clone() };
            assert_eq!(code(services.member_add(&house.admin, &new).await), "invalid");
        }
        let seen = services.settings(&house.admin).await.unwrap().members.unwrap();
        let member = seen.iter().find(|member| member.email == "new@example.com").unwrap();
        assert_eq!((member.approval_limit.as_deref(), member.disabled), (Some("5000.00"), false));
        services.member_set_disabled(&house.admin, member.id, true).await.unwrap();
        assert_eq!(services.account_by_id(account.actor.user_id).await.unwrap(), None);
        assert_eq!(code(services.account_by_password("new@example.com", &password).await), "invalid");
        services.member_set_disabled(&house.admin, member.id, false).await.unwrap();
        services.member_change(&house.admin, member.id, Role::Clerk, "").await.unwrap();
        let audit = services.invoice_history(&house.admin, SETTINGS_HISTORY).await.unwrap();
        let said: Vec<_> = audit.iter().rev().map(|entry| (entry.action.as_str(), entry.note.as_deref())).collect();
        let said: Vec<_> = said.into_iter().map(|(action, note)| (action, note.unwrap_or_default())).collect();
        assert_eq!(
            said,
            [
                ("user_added", "new@example.com: reviewer, limit 5,000.00"),
                ("user_disabled", "new@example.com"),
                ("user_enabled", "new@example.com"),
                ("user_changed", "new@example.com: clerk, no limit"),
            ]
        );
    }

    pub async fn only_admins_set_rules(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let rules = Rules {
            self_approval: true,
            two_approvals_over: Some("5.000".into()),
            currency: "chf".into(),
            touchless: TouchlessRules::default(),
        };
        assert_eq!(code(services.set_rules(&house.reviewer, &rules).await), "missing_right");
        assert_eq!(code(services.settings(&house.clerk).await), "missing_right");
        assert!(services.settings(&house.reviewer).await.unwrap().members.is_none(), "their own only");
        let kept = services.set_rules(&house.admin, &rules).await.unwrap();
        assert_eq!((kept.two_approvals_over.as_deref(), kept.currency.as_str()), (Some("5000.00"), "CHF"));
        assert_eq!(services.settings(&house.admin).await.unwrap().rules, kept);
        services.set_rules(&house.admin, &kept).await.unwrap();
        let audit = services.invoice_history(&house.admin, SETTINGS_HISTORY).await.unwrap();
        assert_eq!(audit.len(), 3, "one for each that changed");
        let wrong = [
            Rules { two_approvals_over: Some("much".into()), ..kept.clone() },
            Rules { two_approvals_over: Some("-5".into()), ..kept.clone() },
            Rules { currency: "francs".into(), ..kept.clone() },
            Rules { currency: " ".into(), ..kept.clone() },
        ];
        for rules in wrong {
            assert_eq!(code(services.set_rules(&house.admin, &rules).await), "invalid", "{rules:?}");
        }
    }
}
