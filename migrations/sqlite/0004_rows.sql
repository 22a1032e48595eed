-- Lines and VAT rows become values of their own, each with a version: two people can correct different ones at once.
INSERT INTO invoice_fields
    (invoice_id, name, value, confidence, page, x, y, w, h, source, version, changed_by, changed_at)
SELECT invoices.id, 'line_' || (line.key + 1), json_remove(line.value, '$.box'),
    CASE WHEN kind IN ('ubl', 'cii', 'facturx_pdf') THEN 1.0 ELSE 0.9 END,
    json_extract(line.value, '$.box.page'), json_extract(line.value, '$.box.x'), json_extract(line.value, '$.box.y'),
    json_extract(line.value, '$.box.w'), json_extract(line.value, '$.box.h'),
    CASE kind WHEN 'text_pdf' THEN 'text' WHEN 'scan_image' THEN 'ocr' ELSE 'xml' END, 1, 'Reader', invoices.updated_at
FROM invoices, json_each(invoices.lines) AS line
WHERE line.key < 9999;

INSERT INTO invoice_fields (invoice_id, name, value, confidence, source, version, changed_by, changed_at)
SELECT invoices.id, 'vat_row_' || (part.key + 1), part.value,
    CASE WHEN kind IN ('ubl', 'cii', 'facturx_pdf') THEN 1.0 ELSE 0.9 END,
    CASE kind WHEN 'text_pdf' THEN 'text' WHEN 'scan_image' THEN 'ocr' ELSE 'xml' END, 1, 'Reader', invoices.updated_at
FROM invoices, json_each(invoices.vat_rows) AS part
WHERE part.key < 9999;

ALTER TABLE invoices DROP COLUMN lines;
ALTER TABLE invoices DROP COLUMN vat_rows;
