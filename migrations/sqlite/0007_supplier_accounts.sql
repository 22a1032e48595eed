-- The bank accounts that are known for suppliers, and by what: a person verified it, or an invoice with it was approved.
-- A supplier goes by VAT id, tax number and name, each as it is compared; empty where the invoice has none.
CREATE TABLE supplier_accounts (
    invoice_id TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('approved', 'verified')),
    account TEXT NOT NULL,
    vat_id TEXT NOT NULL,
    tax_number TEXT NOT NULL,
    name_key TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Who, and how they verified it.
    person_id TEXT,
    person TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (invoice_id, origin, account, vat_id, tax_number, name_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX supplier_accounts_vat_id ON supplier_accounts (vat_id, account) WHERE vat_id <> '';
CREATE INDEX supplier_accounts_tax_number ON supplier_accounts (tax_number, account) WHERE tax_number <> '';
CREATE INDEX supplier_accounts_name ON supplier_accounts (name_key, account) WHERE name_key <> '';

-- A verified account clears other invoices that ask for money to it.
CREATE INDEX invoice_fields_iban ON invoice_fields (value) WHERE name = 'iban';

-- What was approved before this was asked stands: an upgrade makes nobody verify again whom they have paid for years.
INSERT INTO supplier_accounts (invoice_id, origin, account, vat_id, tax_number, name_key, at)
SELECT invoices.id, 'approved', UPPER(REPLACE(iban.value, ' ', '')), UPPER(REPLACE(COALESCE(vat.value, ''), ' ', '')), UPPER(REPLACE(REPLACE(REPLACE(REPLACE(COALESCE(tax.value, ''), ' ', ''), '/', ''), '-', ''), '.', '')), invoices.supplier_key, COALESCE(invoices.decided_at, invoices.updated_at)
FROM invoices
JOIN invoice_fields AS iban ON iban.invoice_id = invoices.id AND iban.name = 'iban'
LEFT JOIN invoice_fields AS vat ON vat.invoice_id = invoices.id AND vat.name = 'supplier_vat_id'
LEFT JOIN invoice_fields AS tax ON tax.invoice_id = invoices.id AND tax.name = 'supplier_tax_number'
WHERE invoices.status IN ('approved', 'exporting', 'exported', 'export_failed') AND iban.value <> '';
