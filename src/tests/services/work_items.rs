//! Work items: they come, go on, and whoever listens hears it.

use crate::store::contract;

contract!(a_work_item_comes_and_goes_on, who_may_not_upload_makes_none);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::Store,
        domain::{
            error::AppError,
            events::{Event, Room, WorkItemEvent},
            work_item::WorkItemStatus,
        },
    };

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    pub async fn a_work_item_comes_and_goes_on(store: &Store) {
        let house = House::new(store).await;
        let (services, clerk) = (&house.services, &house.clerk);
        let first = services.work_item_add(clerk, "billing@example.com", "Invoice\r\n 7").await.unwrap();
        let second = services.work_item_add(clerk, "test", "").await.unwrap();
        assert_eq!((first.status, first.subject.as_str()), (WorkItemStatus::New, "Invoice 7"));
        let id = house.upload(clerk, "a.xml", crate::services::ubl("A-1")).await;
        let at_work = services.work_item_set_status(clerk, &first.id, WorkItemStatus::Processing, &[]).await.unwrap();
        let told = house.heard.all().len();
        let again = services.work_item_set_status(clerk, &first.id, WorkItemStatus::Processing, &[]).await.unwrap();
        assert_eq!((again, house.heard.all().len()), (at_work, told), "the same again is no change");
        let done = services.work_item_set_status(clerk, &first.id, WorkItemStatus::Done, &[id]).await.unwrap();
        assert_eq!((done.invoices.as_slice(), done.created_at), (&[id][..], first.created_at));
        let late = services.work_item_set_status(clerk, &first.id, WorkItemStatus::Failed, &[id]).await;
        assert_eq!(code(late), "work_item_done");
        assert_eq!(services.work_items(&house.reader_only()).await.unwrap(), [second, done.clone()], "newest first");

        let told: Vec<_> = house
            .heard
            .all()
            .into_iter()
            .filter(|logged| logged.room == Room::WorkItems)
            .map(|logged| match logged.event {
                Event::WorkItem { event, data } => (logged.offset, event, data.status),
                other => panic!("{other:?}"),
            })
            .collect();
        use WorkItemEvent::{NewWorkitem, StatusUpdate};
        use WorkItemStatus::{Done, New, Processing};
        assert_eq!(
            told,
            [(1, NewWorkitem, New), (2, NewWorkitem, New), (3, StatusUpdate, Processing), (4, StatusUpdate, Done)]
        );
    }

    pub async fn who_may_not_upload_makes_none(store: &Store) {
        let house = House::new(store).await;
        let auditor = house.reader_only();
        assert_eq!(code(house.services.work_item_add(&auditor, "test", "x").await), "missing_right");
        let item = house.services.work_item_add(&house.clerk, "test", "x").await.unwrap();
        let refused = house.services.work_item_set_status(&auditor, &item.id, WorkItemStatus::Done, &[]).await;
        assert_eq!(code(refused), "missing_right");
        let unknown = house.services.work_item_set_status(&house.clerk, "none", WorkItemStatus::Done, &[]).await;
        assert_eq!(code(unknown), "not_found");
    }
}
