-- Lines and VAT rows become values of their own, each with a version: two people can correct different ones at once.
INSERT INTO invoice_fields
    (invoice_id, name, value, confidence, page, x, y, w, h, source, version, changed_by, changed_at)
SELECT invoices.id, 'line_' || line.place, (line.value - 'box')::text,
    CASE WHEN kind IN ('ubl', 'cii', 'facturx_pdf') THEN 1.0 ELSE 0.9 END,
    (line.value #>> '{box,page}')::bigint, (line.value #>> '{box,x}')::double precision,
    (line.value #>> '{box,y}')::double precision, (line.value #>> '{box,w}')::double precision,
    (line.value #>> '{box,h}')::double precision,
    CASE kind WHEN 'text_pdf' THEN 'text' WHEN 'scan_image' THEN 'ocr' ELSE 'xml' END, 1, 'Reader', invoices.updated_at
FROM invoices, jsonb_array_elements(invoices.lines::jsonb) WITH ORDINALITY AS line (value, place)
WHERE line.place <= 9999;

INSERT INTO invoice_fields (invoice_id, name, value, confidence, source, version, changed_by, changed_at)
SELECT invoices.id, 'vat_row_' || part.place, part.value::text,
    CASE WHEN kind IN ('ubl', 'cii', 'facturx_pdf') THEN 1.0 ELSE 0.9 END,
    CASE kind WHEN 'text_pdf' THEN 'text' WHEN 'scan_image' THEN 'ocr' ELSE 'xml' END, 1, 'Reader', invoices.updated_at
FROM invoices, jsonb_array_elements(invoices.vat_rows::jsonb) WITH ORDINALITY AS part (value, place)
WHERE part.place <= 9999;

ALTER TABLE invoices DROP COLUMN lines, DROP COLUMN vat_rows;
