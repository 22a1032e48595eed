//! Files that came inside a document: they are read anew each time, as nobody looks at most of them.

use super::{
    Services,
    invoices::{file_failed, read_refused},
    require,
};
use crate::{
    db,
    domain::{
        attachment::Attachment,
        error::AppError,
        ids::InvoiceId,
        reading::ReadErrorCode,
        roles::{Actor, Right},
    },
};
use bytes::Bytes;

/// A file to hand out.
pub struct AttachedFile {
    pub name: String,
    pub bytes: Bytes,
    /// Of the document and its number: neither ever changes.
    pub etag: String,
}

impl Services {
    /// What is attached to an invoice. A document that can not be read has nothing to show.
    pub async fn attachments(&self, actor: &Actor, id: InvoiceId) -> Result<Vec<Attachment>, AppError> {
        let (document, _) = self.document_bytes(actor, id).await?;
        match self.reader.attachments(document).await {
            Err(error) if !error.code.is_temporary() => Ok(Vec::new()),
            answer => answer.map_err(read_refused),
        }
    }

    /// One of its files, by its number in [`Services::attachments`].
    pub async fn attachment(&self, actor: &Actor, id: InvoiceId, number: u32) -> Result<AttachedFile, AppError> {
        let (document, hash) = self.document_bytes(actor, id).await?;
        let (attachment, bytes) = self.reader.attachment(document, number).await.map_err(|error| match error.code {
            ReadErrorCode::Corrupt => AppError::not_found("Attachment"),
            _ => read_refused(error),
        })?;
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, number, size = bytes.len(), "attachment taken");
        Ok(AttachedFile { name: attachment.name, bytes, etag: format!("\"{hash}-{number}\"") })
    }

    async fn document_bytes(&self, actor: &Actor, id: InvoiceId) -> Result<(Bytes, String), AppError> {
        require(actor, Right::Read)?;
        let row = db::invoices::invoice_get(&mut *self.store.read().await?, id)
            .await?
            .ok_or_else(|| AppError::not_found("Invoice"))?;
        let bytes = self.files.document(&row.file_hash).await.map_err(|error| file_failed(id, &error))?;
        Ok((bytes, row.file_hash))
    }
}
