-- A supplier is the same by its VAT id, too, whatever name stands on the invoice: the id as it is compared, empty where
-- the invoice has none.
ALTER TABLE invoices ADD COLUMN supplier_vat_key TEXT NOT NULL DEFAULT '';
UPDATE invoices SET supplier_vat_key = COALESCE((
    SELECT UPPER(REPLACE(REPLACE(REPLACE(REPLACE(value, ' ', ''), '.', ''), '-', ''), '/', ''))
    FROM invoice_fields WHERE invoice_id = invoices.id AND name = 'supplier_vat_id'), '');
UPDATE invoices SET supplier_vat_key = '' WHERE LENGTH(supplier_vat_key) < 5;

-- Every edit looks for another invoice of the same supplier.
CREATE INDEX invoices_twin_vat_number ON invoices (supplier_vat_key, number_key)
    WHERE supplier_vat_key <> '' AND number_key <> '';
CREATE INDEX invoices_twin_vat_amount ON invoices (supplier_vat_key, issue_date, gross_order)
    WHERE supplier_vat_key <> '' AND issue_date <> '';
-- One of another supplier with the same number, date and amount.
CREATE INDEX invoices_twin_other ON invoices (number_key, issue_date, gross_order)
    WHERE number_key <> '' AND issue_date <> '';
-- And for the amounts of its last invoices.
CREATE INDEX invoices_past_name ON invoices (supplier_key, currency, id)
    WHERE supplier_key <> '' AND status IN ('approved', 'exporting', 'exported', 'export_failed');
CREATE INDEX invoices_past_vat ON invoices (supplier_vat_key, currency, id)
    WHERE supplier_vat_key <> '' AND status IN ('approved', 'exporting', 'exported', 'export_failed');

-- Which invoice a person said that another one does not repeat, with the numbers that they had then: under another number
-- it is another question.
CREATE TABLE not_duplicates (
    invoice_id TEXT NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    twin_id TEXT NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    number_key TEXT NOT NULL,
    twin_number_key TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, twin_id)
);
CREATE INDEX not_duplicates_twin ON not_duplicates (twin_id);

-- Until now it was said of an invoice, whatever it looked like: that stands for all that it looks like today.
INSERT INTO not_duplicates (invoice_id, twin_id, number_key, twin_number_key, at)
WITH said AS (SELECT invoice_id, MAX(at) AS at FROM history WHERE action = 'not_duplicate' GROUP BY invoice_id)
SELECT alike.id, alike.twin_id, alike.number_key, alike.twin_number_key, said.at
FROM said JOIN (
    SELECT one.id, other.id AS twin_id, one.number_key, other.number_key AS twin_number_key
    FROM said JOIN invoices AS one ON one.id = said.invoice_id JOIN invoices AS other ON other.file_hash = one.file_hash
    UNION
    SELECT one.id, other.id, one.number_key, other.number_key
    FROM said JOIN invoices AS one ON one.id = said.invoice_id JOIN invoices AS other
        ON other.supplier_key = one.supplier_key AND other.number_key = one.number_key
    WHERE one.supplier_key <> '' AND one.number_key <> ''
    UNION
    SELECT one.id, other.id, one.number_key, other.number_key
    FROM said JOIN invoices AS one ON one.id = said.invoice_id JOIN invoices AS other
        ON other.supplier_key = one.supplier_key AND other.issue_date = one.issue_date
        AND other.gross_order = one.gross_order AND other.currency = one.currency
    WHERE one.supplier_key <> '' AND one.issue_date <> '' AND one.gross_total <> ''
) AS alike ON alike.id = said.invoice_id
WHERE alike.twin_id <> alike.id;
