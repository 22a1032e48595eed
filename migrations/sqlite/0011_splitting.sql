-- The invoices that a file seems to hold, as JSON, where they are several; and whose pages an invoice is, and which.
ALTER TABLE invoices ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE invoices ADD COLUMN split_from TEXT;
ALTER TABLE invoices ADD COLUMN split_first INTEGER;
ALTER TABLE invoices ADD COLUMN split_last INTEGER;
CREATE INDEX invoices_split_from ON invoices (split_from, split_first) WHERE split_from IS NOT NULL;
