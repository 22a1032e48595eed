//! Whose work an invoice is, and who is told.

use crate::store::contract;

contract!(
    it_becomes_somebodys_work_and_nobodys,
    only_who_was_given_it_by_another_is_told,
    nothing_that_is_being_decided_is_stale_by_it,
    only_people_who_work_on_invoices_are_given_them,
    what_is_decided_is_nobodys_work,
    the_list_shows_whose_work_is_asked_for,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::{self, Store},
        domain::{
            decision::Assigned,
            error::AppError,
            events::{Event, Room},
            ids::{InvoiceId, UserId},
            invoice::{InvoiceQuery, StepRequest},
            notification::NotificationKind,
            roles::Actor,
            status::{Status, Step},
        },
    };

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    async fn worker(house: &House, id: InvoiceId) -> Option<UserId> {
        house.get(id).await.summary.assigned_to.map(|person| person.id)
    }

    pub async fn it_becomes_somebodys_work_and_nobodys(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let to = house.reviewer.user_id;
        let now = house.services.assign(&house.clerk, id, Some(to)).await.unwrap();
        assert_eq!(now.assigned_to.map(|person| person.id), Some(to));
        let told = house.heard.of(id);
        let Event::InvoiceUpdated { data, .. } = &told.last().unwrap().event else { panic!("{told:?}") };
        assert_eq!((data.action.as_str(), data.invoice.assigned_to.is_some()), ("assigned", true));
        // Said again it changes nothing.
        house.services.assign(&house.clerk, id, Some(to)).await.unwrap();
        assert_eq!(house.heard.of(id).len(), told.len());
        house.services.assign(&house.clerk, id, None).await.unwrap();
        assert_eq!(worker(&house, id).await, None);
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        let said: Vec<&str> = history.iter().take(2).map(|entry| entry.action.as_str()).collect();
        assert_eq!(said, ["unassigned", "assigned"]);
        assert!(history[1].note.as_deref().is_some_and(|note| note.starts_with("To ")));
    }

    pub async fn only_who_was_given_it_by_another_is_told(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.assign(&house.clerk, id, Some(house.clerk.user_id)).await.unwrap();
        house.services.assign(&house.clerk, id, Some(house.reviewer.user_id)).await.unwrap();
        let of = async |actor: &Actor| house.services.notifications(actor).await.unwrap().notifications;
        assert_eq!(of(&house.clerk).await, []);
        let told = of(&house.reviewer).await;
        assert_eq!((told.len(), told[0].kind, told[0].invoice_id), (1, NotificationKind::Assigned, id));
        assert!(house.heard.all().iter().any(|logged| logged.room == Room::User(house.reviewer.user_id)));
    }

    pub async fn nothing_that_is_being_decided_is_stale_by_it(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let version = house.get(id).await.summary.version;
        house.services.assign(&house.clerk, id, Some(house.clerk.user_id)).await.unwrap();
        let request = StepRequest { base_version: Some(version), ..StepRequest::default() };
        let now = house.services.take_step(&house.reviewer, id, Step::Approve, &request).await.unwrap();
        assert_eq!(now.status, Status::Approved);
    }

    pub async fn only_people_who_work_on_invoices_are_given_them(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let assign = async |actor: &Actor, to| house.services.assign(actor, id, Some(to)).await;
        let auditor =
            crate::store::add_user(store, "auditor@example.com", ap_intake::domain::roles::Role::Auditor).await;
        assert_eq!(code(assign(&house.clerk, auditor).await), "invalid");
        assert_eq!(code(assign(&house.clerk, UserId(uuid::Uuid::nil())).await), "invalid");
        let mut tx = store.begin_quiet().await.unwrap();
        db::users::user_set_disabled(&mut tx, house.admin.user_id, Some(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(code(assign(&house.clerk, house.admin.user_id).await), "invalid");
        assert_eq!(code(assign(&house.reader_only(), house.clerk.user_id).await), "missing_right");
        let offered = house.services.assignable(&house.clerk).await.unwrap();
        let offered: Vec<UserId> = offered.iter().map(|person| person.id).collect();
        assert_eq!(offered.len(), 2);
        assert!(offered.contains(&house.clerk.user_id) && offered.contains(&house.reviewer.user_id));
        assert_eq!(worker(&house, id).await, None);
    }

    pub async fn what_is_decided_is_nobodys_work(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await.unwrap();
        assert!(!house.services.invoice(&house.clerk, id).await.unwrap().may_assign);
        let refused = house.services.assign(&house.clerk, id, Some(house.clerk.user_id)).await;
        assert_eq!(code(refused), "not_assignable");
    }

    pub async fn the_list_shows_whose_work_is_asked_for(store: &Store) {
        let house = House::new(store).await;
        let (mine, yours, free) =
            (house.read_invoice("A-1").await, house.read_invoice("A-2").await, house.read_invoice("A-3").await);
        house.services.assign(&house.clerk, mine, Some(house.clerk.user_id)).await.unwrap();
        house.services.assign(&house.clerk, yours, Some(house.reviewer.user_id)).await.unwrap();
        let listed = async |actor: &Actor, assigned| {
            let query = InvoiceQuery { assigned: Some(assigned), ..InvoiceQuery::default() };
            let page = house.services.invoice_list(actor, &query).await.unwrap();
            let beside = house.services.invoice_neighbours(actor, mine, &query).await.unwrap();
            assert_eq!(beside.total, page.total);
            (page.total, page.invoices.iter().map(|row| row.id).collect::<Vec<_>>())
        };
        assert_eq!(listed(&house.clerk, Assigned::Me).await, (1, vec![mine]));
        assert_eq!(listed(&house.reviewer, Assigned::Me).await, (1, vec![yours]));
        assert_eq!(listed(&house.clerk, Assigned::To(house.reviewer.user_id)).await, (1, vec![yours]));
        assert_eq!(listed(&house.clerk, Assigned::Nobody).await, (1, vec![free]));
        assert_eq!(listed(&house.admin, Assigned::Me).await, (0, vec![]));
    }
}
