//! Comments, whom they tell, and what is done with that.

use crate::store::contract;

contract!(
    a_comment_is_kept_told_and_in_the_history,
    whoever_is_mentioned_finds_it_and_marks_it_read,
    who_can_not_be_mentioned_is_refused_by_name,
    only_who_works_on_invoices_writes,
    a_repeat_is_not_written_twice,
    a_comment_changes_nothing_of_the_invoice,
    the_newest_comments_are_listed,
    a_deleted_invoice_takes_its_comments_with_it,
    everybody_who_can_sign_in_can_be_mentioned,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::Store,
        domain::{
            comment::NewComment,
            error::AppError,
            events::{Event, Room},
            ids::UserId,
            invoice::StepRequest,
            roles::{Actor, Right},
            status::Step,
        },
    };
    use uuid::Uuid;

    fn new(text: &str, mentions: &[&Actor]) -> NewComment {
        NewComment { text: text.to_owned(), mentions: mentions.iter().map(|actor| actor.user_id).collect(), key: None }
    }

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    pub async fn a_comment_is_kept_told_and_in_the_history(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let before = house.services.comments(&house.clerk, id).await.unwrap();
        let written = house.services.comment_add(&house.clerk, id, &new("  Is this\nright? ", &[])).await.unwrap();
        assert_eq!(written.text, "Is this\nright?");
        let after = house.services.comments(&house.reader_only(), id).await.unwrap();
        assert_eq!(after.comments, std::slice::from_ref(&written));
        assert_eq!(after.position.offset, before.position.offset + 1);
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!((history[0].action.as_str(), history[0].note.as_deref()), ("commented", Some("Is this\nright?")));
        let told = house.heard.all();
        for room in [Room::Invoice(id), Room::All] {
            let told = told.iter().rev().find(|logged| logged.room == room).expect("an event");
            let Event::InvoiceUpdated { data, actor, .. } = &told.event else { panic!("{told:?}") };
            assert_eq!((data.action.as_str(), actor.as_str()), ("commented", house.clerk.name.as_str()));
            assert_eq!(data.comment.as_ref(), Some(&written), "{room}");
        }
    }

    pub async fn whoever_is_mentioned_finds_it_and_marks_it_read(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let (services, reviewer) = (&house.services, &house.reviewer);
        let before = services.notifications(reviewer).await.unwrap();
        assert_eq!((before.unread, before.notifications.len()), (0, 0));
        let both = new("@reviewer, @clerk: look", &[reviewer, &house.clerk, reviewer]);
        let written = services.comment_add(&house.clerk, id, &both).await.unwrap();
        assert_eq!(written.mentions.len(), 2, "each once");
        services.comment_add(&house.clerk, id, &new("and again", &[reviewer])).await.unwrap();

        let found = services.notifications(reviewer).await.unwrap();
        assert_eq!((found.unread, found.position.offset), (2, before.position.offset + 2));
        assert_eq!(found.notifications[0].text, "and again", "newest first");
        let first = &found.notifications[1];
        assert_eq!((first.actor_id, first.invoice_id, first.read), (house.clerk.user_id, id, false));
        assert_eq!(first.invoice_title, "Supplier of A-1 · A-1");
        let told = house.heard.all();
        let mine = |user: UserId| told.iter().filter(|logged| logged.room == Room::User(user)).count();
        assert_eq!(mine(reviewer.user_id), 2);
        assert_eq!(mine(house.clerk.user_id), 0, "nobody is told of their own");
        assert_eq!(services.notifications(&house.clerk).await.unwrap().unread, 0);

        // Nobody else's.
        assert_eq!(code(services.notifications_read(&house.admin, Some(&first.id)).await), "not_found");
        let read = services.notifications_read(reviewer, Some(&first.id)).await.unwrap();
        assert_eq!(read.unread, 1);
        let told = house.heard.all().len();
        assert_eq!(services.notifications_read(reviewer, Some(&first.id)).await.unwrap(), read);
        assert_eq!(house.heard.all().len(), told, "what was seen is not told again");
        assert_eq!(services.notifications_read(reviewer, None).await.unwrap().unread, 0);
        let told = house.heard.all();
        let last = told.last().unwrap();
        assert!(matches!(&last.event, Event::NotificationsRead { data } if data.id.is_none() && data.unread == 0));
        assert_eq!(last.room, Room::User(reviewer.user_id));
        let found = services.notifications(reviewer).await.unwrap();
        assert!(found.unread == 0 && found.notifications.iter().all(|one| one.read));
        assert_eq!(code(services.notifications_read(reviewer, Some("")).await), "not_found");
    }

    pub async fn who_can_not_be_mentioned_is_refused_by_name(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.user_disable("reviewer@example.com").await.unwrap();
        let refused = house.services.comment_add(&house.clerk, id, &new("look", &[&house.reviewer])).await;
        let Err(AppError::Invalid { field, message }) = refused else { panic!("{refused:?}") };
        assert_eq!(field.as_deref(), Some("mentions"));
        assert!(message.starts_with("reviewer@example.com can not be mentioned"), "{message}");
        let nobody = UserId(Uuid::now_v7());
        let stranger = NewComment { mentions: vec![nobody], ..new("look", &[]) };
        let refused = house.services.comment_add(&house.clerk, id, &stranger).await.unwrap_err();
        assert!(refused.to_string().contains(&nobody.to_string()), "{refused}");
        assert!(house.services.comments(&house.clerk, id).await.unwrap().comments.is_empty(), "nothing was written");
    }

    pub async fn only_who_works_on_invoices_writes(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        assert_eq!(code(services.comment_add(&house.reader_only(), id, &new("no", &[])).await), "missing_right");
        let approver = Actor { rights: vec![Right::Approve], ..house.reviewer.clone() };
        services.comment_add(&approver, id, &new("yes", &[])).await.unwrap();
        for text in ["", " \n ", &"x".repeat(4_001)] {
            assert_eq!(code(services.comment_add(&house.clerk, id, &new(text, &[])).await), "invalid");
        }
        let nothing = ap_intake::domain::ids::InvoiceId(Uuid::now_v7());
        assert_eq!(code(services.comment_add(&house.clerk, nothing, &new("x", &[])).await), "not_found");
        assert_eq!(code(services.comments(&house.clerk, nothing).await), "not_found");
        let nobody = Actor { rights: Vec::new(), ..house.clerk.clone() };
        assert_eq!(code(services.comments(&nobody, id).await), "missing_right");
        assert_eq!(code(services.notifications(&nobody).await), "missing_right");
        assert_eq!(code(services.people(&nobody).await), "missing_right");
    }

    pub async fn a_repeat_is_not_written_twice(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        let keyed = NewComment { key: Some("k1".to_owned()), ..new("once", &[&house.reviewer]) };
        let (one, other) = tokio::join!(
            services.comment_add(&house.clerk, id, &keyed),
            services.comment_add(&house.clerk, id, &keyed)
        );
        assert_eq!(one.unwrap(), other.unwrap());
        assert_eq!(services.comments(&house.clerk, id).await.unwrap().comments.len(), 1);
        assert_eq!(services.notifications(&house.reviewer).await.unwrap().unread, 1);
        let other = NewComment { text: "another".to_owned(), ..keyed.clone() };
        assert_eq!(code(services.comment_add(&house.clerk, id, &other).await), "invalid");
        services.comment_add(&house.reviewer, id, &keyed).await.expect("somebody else's key is another key");
        for key in [String::new(), "x".repeat(101)] {
            let keyed = NewComment { key: Some(key), ..keyed.clone() };
            assert_eq!(code(services.comment_add(&house.clerk, id, &keyed).await), "invalid");
        }
    }

    pub async fn a_comment_changes_nothing_of_the_invoice(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let before = house.get(id).await;
        house.services.comment_add(&house.reviewer, id, &new("fine with me", &[])).await.unwrap();
        let after = house.get(id).await;
        assert_eq!(after.summary, before.summary, "a decision on what was seen before is not stale");
        let decided = StepRequest { base_version: Some(before.summary.version), ..StepRequest::default() };
        house.services.take_step(&house.reviewer, id, Step::Approve, &decided).await.unwrap();
        house.services.comment_add(&house.clerk, id, &new("after the decision", &[])).await.unwrap();
    }

    pub async fn the_newest_comments_are_listed(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        for number in 0..203 {
            house.services.comment_add(&house.clerk, id, &new(&number.to_string(), &[])).await.unwrap();
        }
        let listed = house.services.comments(&house.clerk, id).await.unwrap().comments;
        let texts: Vec<String> = listed.into_iter().map(|comment| comment.text).collect();
        assert_eq!(texts, (3..203).map(|number| number.to_string()).collect::<Vec<_>>());
    }

    pub async fn a_deleted_invoice_takes_its_comments_with_it(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.comment_add(&house.clerk, id, &new("look", &[&house.reviewer])).await.unwrap();
        house.services.invoice_delete(&house.clerk, id).await.unwrap();
        assert_eq!(house.services.notifications(&house.reviewer).await.unwrap().unread, 0);
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert!(history.iter().any(|entry| entry.note.as_deref() == Some("look")), "the history stays");
    }

    pub async fn everybody_who_can_sign_in_can_be_mentioned(store: &Store) {
        let house = House::new(store).await;
        let names = async || {
            let people = house.services.people(&house.reader_only()).await.unwrap();
            people.into_iter().map(|person| person.name).collect::<Vec<_>>()
        };
        assert_eq!(names().await, ["admin@example.com", "clerk@example.com", "reviewer@example.com"]);
        house.services.user_disable("clerk@example.com").await.unwrap();
        assert_eq!(names().await, ["admin@example.com", "reviewer@example.com"]);
    }
}
