-- What the document as a whole takes off or adds, as its XML says: a list, as JSON.
ALTER TABLE invoices ADD COLUMN allowances TEXT NOT NULL DEFAULT '[]';
