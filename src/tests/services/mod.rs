//! Use cases on both databases, with real documents and the real reader (in this process; the pool of child processes
//! has tests of its own).

mod approval;
mod assigning;
mod attachments;
mod backup;
mod bank_accounts;
mod bulk_steps;
mod checks;
mod comments;
mod dashboard;
mod decisions;
mod history;
mod learning;
mod locks;
mod mutations;
mod places;
mod processing;
mod reject_reasons;
mod review;
mod rows;
mod splitting;
mod touchless;
mod withdrawing;
mod work_items;

use crate::store::add_user;
use ap_intake::{
    adapters::{document_reader::DocumentReader, files::Files, readers},
    db::Store,
    domain::{
        attachment::Attachment,
        connections::OpenSockets,
        decision::Decision,
        error::AppError,
        events::{Lock, LoggedEvent, Mutation, ProcessingStatus, Room},
        ids::InvoiceId,
        invoice::{InvoiceDetail, SeenInvoice, StepOutcome, StepRequest, UploadOptions},
        reading::{DocumentKind, PageBox, PageWord, ReadError, ReadErrorCode, Reading},
        roles::{Actor, Role},
        splitting::PageRange,
        status::{Status, Step},
    },
    realtime::{Publisher, bus::Control},
    services::{Services, uploads::UploadFile},
};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

/// Reads in this process.
struct DirectReader;

#[async_trait]
impl DocumentReader for DirectReader {
    fn content_type(&self, document: &[u8]) -> Result<&'static str, ReadError> {
        readers::detect::detect(document).map(readers::detect::FileType::media_type)
    }

    async fn read(&self, document: Bytes) -> Result<Reading, ReadError> {
        let mut reading = readers::read(&document)?;
        if reading.kind == DocumentKind::ScanImage {
            // As OCR does; asked again, this reader knows no words of a scan.
            let place = PageBox { page: 1, x: 0.1, y: 0.1, w: 0.2, h: 0.02 };
            reading.words = vec![PageWord { text: "scanned".into(), place }];
        }
        Ok(reading)
    }

    async fn page_png(&self, _: Bytes, _: u32, _: u32) -> Result<Bytes, ReadError> {
        Err(ReadError { code: ReadErrorCode::ReaderFailed, message: "not here".into() })
    }

    async fn page_words(&self, document: Bytes, page: u32) -> Result<Vec<PageWord>, ReadError> {
        readers::page_words(&document, page).map(Option::unwrap_or_default)
    }

    async fn pages(&self, document: Bytes, range: PageRange) -> Result<Bytes, ReadError> {
        readers::pages(&document, range).map(Bytes::from)
    }

    async fn attachments(&self, document: Bytes) -> Result<Vec<Attachment>, ReadError> {
        readers::attached::attachments(&document)
    }

    async fn attachment(&self, document: Bytes, number: u32) -> Result<(Attachment, Bytes), ReadError> {
        readers::attached::attachment(&document, number).map(|(attachment, bytes)| (attachment, bytes.into()))
    }
}

/// Keeps what was published.
#[derive(Default)]
pub struct Heard(Mutex<Vec<LoggedEvent>>, Mutex<Vec<Lock>>);

impl Heard {
    /// All that was published, in order.
    pub fn all(&self) -> Vec<LoggedEvent> {
        self.0.lock().unwrap().clone()
    }

    /// What was published of an invoice, in order.
    pub fn of(&self, id: InvoiceId) -> Vec<LoggedEvent> {
        self.0.lock().unwrap().iter().filter(|logged| logged.room == Room::Invoice(id)).cloned().collect()
    }

    /// What was told of locks since the last time, in order.
    pub fn locks(&self) -> Vec<Lock> {
        std::mem::take(&mut self.1.lock().unwrap())
    }
}

impl Publisher for Heard {
    fn publish(&self, events: Vec<LoggedEvent>) {
        self.0.lock().unwrap().extend(events);
    }

    fn progress(&self, _: InvoiceId, _: ProcessingStatus) {}

    fn work_waits(&self) {}

    fn sockets(&self, _: usize) -> OpenSockets {
        OpenSockets::default()
    }

    fn control(&self, _: Control) -> bool {
        false
    }

    fn lock_changed(&self, lock: Lock) {
        self.1.lock().unwrap().push(lock);
    }
}

/// Services on a database, three people, and the folder of their files.
pub struct House {
    pub services: Services,
    pub heard: Arc<Heard>,
    pub clerk: Actor,
    pub reviewer: Actor,
    pub admin: Actor,
    _folder: tempfile::TempDir,
}

async fn person(store: &Store, role: Role) -> Actor {
    let user_id = add_user(store, &format!("{role}@example.com"), role).await;
    Actor { user_id, name: role.to_string(), role, rights: role.rights().to_vec() }
}

impl House {
    pub async fn new(store: &Store) -> House {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        let heard = Arc::new(Heard::default());
        House {
            services: Services::new(store.clone(), files, Arc::new(DirectReader), heard.clone()),
            heard,
            clerk: person(store, Role::Clerk).await,
            reviewer: person(store, Role::Reviewer).await,
            admin: person(store, Role::Admin).await,
            _folder: folder,
        }
    }

    /// What works on the same database and files after the server started again.
    pub fn restarted(&self) -> Services {
        let (store, files) = (self.services.store.clone(), self.services.files.clone());
        Services::new(store, files, Arc::new(DirectReader), self.heard.clone())
    }

    /// Somebody who may look and nothing else.
    pub fn reader_only(&self) -> Actor {
        Actor { role: Role::Auditor, rights: Role::Auditor.rights().to_vec(), ..self.admin.clone() }
    }

    /// Uploads one document and gives its id.
    pub async fn upload(&self, actor: &Actor, name: &str, document: impl Into<Bytes>) -> InvoiceId {
        let file = UploadFile { filename: name.into(), bytes: document.into() };
        let outcomes = self.services.upload(actor, vec![file], &UploadOptions::default()).await.unwrap();
        outcomes[0].invoice_id.unwrap_or_else(|| panic!("{:?}", outcomes[0].error))
    }

    /// Runs workers until nothing waits or runs.
    pub async fn work(&self) {
        let stop = CancellationToken::new();
        let workers = tokio::spawn(ap_intake::pipeline::run(self.services.clone(), 2, stop.clone()));
        while !self.is_idle().await {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        workers.await.unwrap();
    }

    async fn is_idle(&self) -> bool {
        let mut conn = self.services.store.read().await.unwrap();
        ap_intake::db::tasks::task_counts(&mut conn).await.unwrap() == (0, 0)
    }

    /// Uploads a UBL invoice with this number and gross total and reads it.
    pub async fn read_invoice(&self, number: &str) -> InvoiceId {
        let id = self.upload(&self.clerk, &format!("{number}.xml"), ubl(number)).await;
        self.work().await;
        assert_eq!(self.get(id).await.summary.status, Status::NeedsReview);
        id
    }

    /// Takes a step of each, under a number of its own.
    pub async fn decide_all(
        &self,
        actor: &Actor,
        invoices: &[SeenInvoice],
        step: Step,
    ) -> Result<Vec<StepOutcome>, AppError> {
        let mutation = |seen: &SeenInvoice| {
            let request = StepRequest { base_version: Some(seen.version), ..StepRequest::default() };
            Mutation {
                client_id: uuid::Uuid::now_v7().to_string(),
                mutation_id: 1,
                invoice: seen.id,
                fields: Vec::new(),
                decision: Some(Decision::Step { step, request }),
            }
        };
        self.services.decide_all(actor, &invoices.iter().map(mutation).collect::<Vec<_>>()).await
    }

    pub async fn get(&self, id: InvoiceId) -> InvoiceDetail {
        self.services.invoice(&self.reviewer, id).await.unwrap()
    }
}

/// The same of a supplier with a VAT id and a bank account; an empty one is left out.
pub fn ubl_of(number: &str, supplier: &str, vat_id: &str, account: &str) -> String {
    let registered = if vat_id.is_empty() {
        String::new()
    } else {
        format!(
            "<cac:PartyTaxScheme><cbc:CompanyID>{vat_id}</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>\
             </cac:PartyTaxScheme>"
        )
    };
    let paid = if account.is_empty() {
        String::new()
    } else {
        format!(
            "<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>\
             <cbc:ID>{account}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
        )
    };
    ubl(number)
        .replacen("<cac:PartyLegalEntity>", &format!("{registered}<cac:PartyLegalEntity>"), 1)
        .replace(&format!("Supplier of {number}"), supplier)
        // No two are alike: the amount would make them duplicates.
        .replace("2026-11-02", &format!("2026-10-{:02}", 1 + number.bytes().map(usize::from).sum::<usize>() % 28))
        .replacen("<cac:TaxTotal>", &format!("{paid}<cac:TaxTotal>"), 1)
}

/// A small UBL invoice over 119.00 EUR that breaks no rule; the supplier is named after the number, and has neither VAT
/// id nor tax number, as its representative has one.
pub fn ubl(number: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
  <cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-02</cbc:IssueDate><cbc:DueDate>2026-12-02</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyLegalEntity><cbc:RegistrationName>Supplier of {number}</cbc:RegistrationName>
      <cbc:CompanyID>HRB 4711</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyLegalEntity><cbc:RegistrationName>Buyer</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Representative</cbc:Name></cac:PartyName>
    <cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  </cac:TaxRepresentativeParty>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">19.00</cbc:TaxAmount>
    <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">100.00</cbc:TaxableAmount>
      <cbc:TaxAmount currencyID="EUR">19.00</cbc:TaxAmount>
      <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">119.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">119.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">2</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">100.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Thing</cbc:Name>
      <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent>
        <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">50.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>"#
    )
}
