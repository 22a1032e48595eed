//! Taking back what one submitted oneself, without the right to approve.

use crate::store::contract;

contract!(
    whoever_submitted_takes_it_back,
    nobody_takes_back_what_another_submitted,
    after_an_approval_it_is_the_approvers,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::Store,
        domain::{
            approval::Rules,
            error::AppError,
            ids::InvoiceId,
            invoice::{InvoiceSummary, StepRequest},
            roles::{Actor, Role},
            status::{Status, Step},
            touchless::TouchlessRules,
        },
    };

    async fn step(house: &House, who: &Actor, id: InvoiceId, step: Step) -> Result<InvoiceSummary, AppError> {
        house.services.take_step(who, id, step, &StepRequest::default()).await
    }

    /// Whether the page offers it to them; asked for, it is refused where it is not.
    async fn may_reopen(house: &House, who: &Actor, id: InvoiceId) -> bool {
        house.services.invoice(who, id).await.unwrap().allowed.contains(&Step::Reopen)
    }

    async fn is_refused(house: &House, who: &Actor, id: InvoiceId) {
        assert!(!may_reopen(house, who, id).await);
        assert_eq!(step(house, who, id, Step::Reopen).await.unwrap_err().code(), "missing_right");
        assert_eq!(house.get(id).await.summary.status, Status::AwaitingApproval);
    }

    /// One more person.
    async fn another(store: &Store, name: &str, role: Role) -> Actor {
        let user_id = crate::store::add_user(store, name, role).await;
        Actor { user_id, name: name.into(), role, rights: role.rights().to_vec() }
    }

    pub async fn whoever_submitted_takes_it_back(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        step(&house, &house.clerk, id, Step::Submit).await.unwrap();
        assert!(may_reopen(&house, &house.clerk, id).await);
        let back = step(&house, &house.clerk, id, Step::Reopen).await.unwrap();
        assert_eq!(back.status, Status::NeedsReview);
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!((history[0].action.as_str(), &history[0].actor), ("reopened", &house.clerk.name));
        let refused = step(&house, &house.clerk, id, Step::Reopen).await.unwrap_err();
        assert_eq!(refused.code(), "step_refused", "it is back already");
    }

    pub async fn nobody_takes_back_what_another_submitted(store: &Store) {
        let house = House::new(store).await;
        let other = another(store, "other", Role::Clerk).await;
        let id = house.read_invoice("A-1").await;
        step(&house, &house.clerk, id, Step::Submit).await.unwrap();
        is_refused(&house, &other, id).await;
        // Back by an approver, and submitted by the other: it is theirs now.
        step(&house, &house.reviewer, id, Step::Reopen).await.unwrap();
        step(&house, &other, id, Step::Submit).await.unwrap();
        is_refused(&house, &house.clerk, id).await;
        let unable = Actor { role: Role::Auditor, rights: Role::Auditor.rights().to_vec(), ..other.clone() };
        is_refused(&house, &unable, id).await;
        assert_eq!(step(&house, &other, id, Step::Reopen).await.unwrap().status, Status::NeedsReview);
    }

    pub async fn after_an_approval_it_is_the_approvers(store: &Store) {
        let house = House::new(store).await;
        let rules = Rules {
            self_approval: false,
            two_approvals_over: Some("100".into()),
            currency: "EUR".to_owned(),
            touchless: TouchlessRules::default(),
        };
        house.services.set_rules(&house.admin, &rules).await.unwrap();
        let id = house.read_invoice("A-1").await;
        step(&house, &house.clerk, id, Step::Submit).await.unwrap();
        let once = step(&house, &house.reviewer, id, Step::Approve).await.unwrap();
        assert!(once.approved_once && once.status == Status::AwaitingApproval);
        is_refused(&house, &house.clerk, id).await;
        let second = another(store, "second", Role::Reviewer).await;
        step(&house, &second, id, Step::Approve).await.unwrap();
        assert!(!may_reopen(&house, &house.clerk, id).await);
        assert_eq!(step(&house, &house.clerk, id, Step::Reopen).await.unwrap_err().code(), "missing_right");
    }
}
