-- What the document as a whole takes off or adds, as its XML says: a list, as JSON.
ALTER TABLE invoices ADD COLUMN allowances TEXT NOT NULL DEFAULT '[]';

-- What its XML is written in, `ubl` or `cii`; null where its values were read from a page.
ALTER TABLE invoices ADD COLUMN syntax TEXT;
UPDATE invoices SET syntax = CASE kind WHEN 'ubl' THEN 'ubl' WHEN 'cii' THEN 'cii' WHEN 'facturx_pdf' THEN 'cii' END;
