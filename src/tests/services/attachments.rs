//! Files inside documents: who may have them, and which there are.

use crate::store::contract;

contract!(whoever_may_read_the_invoice_gets_its_files, others_get_nothing, what_is_not_there_is_not_found);

mod check {
    use crate::services::{House, ubl};
    use ap_intake::{
        adapters::samples,
        db::Store,
        domain::{attachment::Content, error::AppError, ids::InvoiceId, roles::Actor},
    };

    async fn with_attachment(house: &House) -> InvoiceId {
        let id = house.upload(&house.clerk, "hours.pdf", samples::with_attachment(4).bytes).await;
        house.work().await;
        id
    }

    pub async fn whoever_may_read_the_invoice_gets_its_files(store: &Store) {
        let house = House::new(store).await;
        let id = with_attachment(&house).await;
        let auditor = house.reader_only();
        let listed = house.services.attachments(&auditor, id).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].number, listed[0].name.as_str()), (1, "time-sheet.csv"));
        let file = house.services.attachment(&auditor, id, 1).await.unwrap();
        assert_eq!(listed[0].content, Content::Size(file.bytes.len() as u64));
        assert!(file.bytes.starts_with(b"day;hours"));
    }

    pub async fn others_get_nothing(store: &Store) {
        let house = House::new(store).await;
        let id = with_attachment(&house).await;
        let stranger = Actor { rights: Vec::new(), ..house.clerk.clone() };
        let refused = |error: AppError| assert!(matches!(error, AppError::Forbidden { .. }), "{error:?}");
        refused(house.services.attachments(&stranger, id).await.expect_err("a refusal"));
        refused(house.services.attachment(&stranger, id, 1).await.map(|file| file.name).expect_err("a refusal"));
    }

    pub async fn what_is_not_there_is_not_found(store: &Store) {
        let house = House::new(store).await;
        let id = with_attachment(&house).await;
        for number in [0, 2, u32::MAX] {
            let none = house.services.attachment(&house.clerk, id, number).await.map(|file| file.name);
            assert!(matches!(none, Err(AppError::NotFound { .. })), "{none:?}");
        }
        let unknown = InvoiceId(uuid::Uuid::nil());
        let none = house.services.attachments(&house.clerk, unknown).await;
        assert!(matches!(none, Err(AppError::NotFound { .. })), "{none:?}");
        let plain = house.upload(&house.clerk, "plain.xml", ubl("A-1")).await;
        assert_eq!(house.services.attachments(&house.clerk, plain).await.unwrap(), []);
    }
}
