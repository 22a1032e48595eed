// Documents made from the samples, for what a sample does not show.
import { readFile, writeFile } from 'node:fs/promises';

/** What is written in place of the sample's own. */
interface Changes {
  number: string;
  /** `2026-10-11` */
  issued: string;
  account?: string;
}

/** A sample in UBL with another number and date, beside it; gives the file. The supplier stays the same. */
export async function reissued(file: string, { number, issued, account }: Changes): Promise<string> {
  const xml = await readFile(file, 'utf8');
  let made = xml
    .replace(/<cbc:ID>[^<]*<\/cbc:ID>/, `<cbc:ID>${number}</cbc:ID>`)
    .replace(/<cbc:IssueDate>[^<]*/, `<cbc:IssueDate>${issued}`);
  if (account !== undefined) {
    made = made.replace(/(<cac:PayeeFinancialAccount>\s*<cbc:ID>)[^<]*/, `$1${account}`);
    if (!made.includes(account)) throw new Error('the sample names no account');
  }
  const path = file.replace(/[^/]*$/, `${number}.xml`);
  await writeFile(path, made);
  return path;
}

/** A sample in UBL with a web page in the clothes of a picture, and two documents elsewhere; gives the file. */
export async function withDocuments(file: string): Promise<string> {
  const xml = await readFile(file, 'utf8');
  const page = Buffer.from('<!doctype html><script>alert(1)</script>').toString('base64');
  const documents = `<cac:AdditionalDocumentReference><cbc:ID>T-1</cbc:ID>
    <cbc:DocumentDescription>Time sheet</cbc:DocumentDescription><cac:Attachment>
    <cbc:EmbeddedDocumentBinaryObject mimeCode="image/png" filename="../sheet.html">${page}</cbc:EmbeddedDocumentBinaryObject>
    </cac:Attachment></cac:AdditionalDocumentReference>
    <cac:AdditionalDocumentReference><cbc:ID>T-2</cbc:ID><cac:Attachment><cac:ExternalReference>
    <cbc:URI>https://files.example.com/t-2?token=1</cbc:URI></cac:ExternalReference></cac:Attachment>
    </cac:AdditionalDocumentReference>
    <cac:AdditionalDocumentReference><cbc:ID>T-3</cbc:ID><cac:Attachment><cac:ExternalReference>
    <cbc:URI>javascript:alert(1)</cbc:URI></cac:ExternalReference></cac:Attachment></cac:AdditionalDocumentReference>`;
  const path = file.replace(/[^/]*$/, 'with-documents.xml');
  await writeFile(path, xml.replace('<cac:AccountingSupplierParty>', `${documents}<cac:AccountingSupplierParty>`));
  return path;
}
