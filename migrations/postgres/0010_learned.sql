-- What people's corrections taught, a supplier's rules under it. A supplier goes by VAT id, tax number and name, each as it
-- is compared, empty where unknown; by the VAT id it was misread with; and by the marks of its letterhead.
CREATE TABLE learned_suppliers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    vat_id TEXT NOT NULL,
    tax_number TEXT NOT NULL,
    name_key TEXT NOT NULL,
    misread_vat_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX learned_suppliers_vat_id ON learned_suppliers (vat_id) WHERE vat_id <> '';
CREATE INDEX learned_suppliers_tax_number ON learned_suppliers (tax_number) WHERE tax_number <> '';
CREATE INDEX learned_suppliers_name ON learned_suppliers (name_key) WHERE name_key <> '';

CREATE TABLE learned_marks (
    supplier_id TEXT NOT NULL REFERENCES learned_suppliers (id) ON DELETE CASCADE,
    mark TEXT NOT NULL,
    PRIMARY KEY (supplier_id, mark)
);
CREATE INDEX learned_marks_mark ON learned_marks (mark);

CREATE TABLE learned_rules (
    id TEXT PRIMARY KEY,
    supplier_id TEXT NOT NULL REFERENCES learned_suppliers (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    -- Where the value stands, as JSON.
    hint TEXT NOT NULL,
    -- Who corrected, when, on which invoice.
    person TEXT NOT NULL,
    at BIGINT NOT NULL,
    invoice_id TEXT NOT NULL,
    used BIGINT NOT NULL DEFAULT 0,
    confirmed BIGINT NOT NULL DEFAULT 0,
    corrected BIGINT NOT NULL DEFAULT 0,
    -- Since the last correction, and since the last confirmation.
    confirmed_in_row BIGINT NOT NULL DEFAULT 0,
    corrected_in_row BIGINT NOT NULL DEFAULT 0,
    last_used_at BIGINT,
    -- Forgotten by an admin, who may take that back for a while.
    forgotten_at BIGINT
);
CREATE INDEX learned_rules_supplier ON learned_rules (supplier_id, field);

-- Invoices on which a rule read a value, and what people made of it.
CREATE TABLE learned_uses (
    rule_id TEXT NOT NULL REFERENCES learned_rules (id) ON DELETE CASCADE,
    invoice_id TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('used', 'confirmed', 'corrected')),
    PRIMARY KEY (invoice_id, field, rule_id)
);
CREATE INDEX learned_uses_rule ON learned_uses (rule_id);

-- Decided invoices that are still to be learned from.
CREATE TABLE learning_queue (
    invoice_id TEXT PRIMARY KEY,
    -- When it was decided: a later decision asks anew.
    at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    run_after BIGINT NOT NULL
);

-- By whose correction a value was read, as JSON.
ALTER TABLE invoice_fields ADD COLUMN learned TEXT;
