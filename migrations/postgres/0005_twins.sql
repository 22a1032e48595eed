-- Every edit looks for an invoice of the same supplier with the same number, or the same date and amount. Without these,
-- it read every invoice of the supplier.
CREATE INDEX invoices_twin_number ON invoices (supplier_key, number_key) WHERE number_key <> '';
CREATE INDEX invoices_twin_amount ON invoices (supplier_key, issue_date, gross_order) WHERE issue_date <> '';
