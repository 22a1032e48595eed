//! Puts pages together into PDF files: plain, and with the invoice's XML inside.

use super::canvas::{Font, HEIGHT, WIDTH};
use super::invoice::{Invoice, iso};
use pdf_writer::types::AssociationKind;
use pdf_writer::{Finish, Name, Pdf, Rect, Ref, Str, TextStr};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const REGULAR: Ref = Ref::new(3);
const BOLD: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
const XML_FILE: Ref = Ref::new(6);
const XML_SPEC: Ref = Ref::new(7);
const METADATA: Ref = Ref::new(8);
const FIRST_PAGE: i32 = 10;
/// Behind all pages.
const ATTACHED_FILE: Ref = Ref::new(9_998);
const ATTACHED_SPEC: Ref = Ref::new(9_999);

/// The name that Factur-X and ZUGFeRD prescribe for the XML.
const XML_NAME: &str = "factur-x.xml";

/// A PDF with a text layer. With `xml`, it becomes a hybrid: the XML is attached as Factur-X asks, with its place in
/// the catalogue and its metadata. It is no PDF/A-3: that would need embedded fonts, which these samples do without.
pub(super) fn pdf(invoice: &Invoice, pages: &[Vec<u8>], xml: Option<&str>) -> Vec<u8> {
    pdf_with(invoice, pages, xml, None)
}

/// The same with another file in it, a name and its bytes.
pub(super) fn pdf_with(
    invoice: &Invoice,
    pages: &[Vec<u8>],
    xml: Option<&str>,
    attached: Option<(&str, &[u8])>,
) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let metadata = metadata(invoice);
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES);
    if xml.is_some() {
        catalog.metadata(METADATA);
        catalog.insert(Name(b"AF")).array().item(XML_SPEC);
    }
    let listed = [xml.map(|_| (XML_NAME, XML_SPEC)), attached.map(|(name, _)| (name, ATTACHED_SPEC))];
    if listed.iter().any(Option::is_some) {
        let mut names = catalog.names();
        let mut files = names.embedded_files();
        let mut files = files.names();
        for (name, spec) in listed.into_iter().flatten() {
            files.insert(Str(name.as_bytes()), spec);
        }
    }
    catalog.finish();

    let title = format!("{} {}", invoice.company.language.title(invoice.kind), invoice.number);
    pdf.document_info(INFO).title(TextStr(&title)).author(TextStr(invoice.seller.name));
    write_pages(&mut pdf, pages);
    if let Some(xml) = xml {
        attach(&mut pdf, xml, &metadata);
    }
    if let Some((name, bytes)) = attached {
        pdf.embedded_file(ATTACHED_FILE, bytes).params().size(bytes.len() as i32);
        let mut spec = pdf.indirect(ATTACHED_SPEC).start::<pdf_writer::writers::FileSpec>();
        spec.path(Str(name.as_bytes())).unic_file(TextStr(name)).embedded_file_with_unicode(ATTACHED_FILE);
        spec.association_kind(AssociationKind::Supplement);
    }
    pdf.finish()
}

fn write_pages(pdf: &mut Pdf, pages: &[Vec<u8>]) {
    let ids = (FIRST_PAGE..).step_by(2).take(pages.len()).map(Ref::new);
    pdf.pages(PAGES).kids(ids.clone()).count(pages.len() as i32);
    for (content, id) in pages.iter().zip(ids) {
        let content_id = id.next();
        let mut page = pdf.page(id);
        page.parent(PAGES).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(content_id);
        page.resources().fonts().pair(Font::Regular.name(), REGULAR).pair(Font::Bold.name(), BOLD);
        page.finish();
        pdf.stream(content_id, content);
    }
    for (id, font) in [(REGULAR, Font::Regular), (BOLD, Font::Bold)] {
        pdf.type1_font(id).base_font(font.base()).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
}

fn attach(pdf: &mut Pdf, xml: &str, metadata: &str) {
    let mut file = pdf.embedded_file(XML_FILE, xml.as_bytes());
    file.subtype(Name(b"text/xml"));
    file.params().size(xml.len() as i32);
    file.finish();

    let mut spec = pdf.indirect(XML_SPEC).start::<pdf_writer::writers::FileSpec>();
    spec.path(Str(XML_NAME.as_bytes()))
        .unic_file(TextStr(XML_NAME))
        .description(TextStr("Factur-X invoice"))
        .embedded_file_with_unicode(XML_FILE)
        .association_kind(AssociationKind::Alternative);
    spec.finish();

    pdf.metadata(METADATA, metadata.as_bytes());
}

/// What Factur-X 1.0 wants in the document's metadata.
fn metadata(invoice: &Invoice) -> String {
    format!(
        r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
   <xmp:CreateDate>{issued}T08:00:00Z</xmp:CreateDate>
  </rdf:Description>
  <rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
   <fx:DocumentType>INVOICE</fx:DocumentType>
   <fx:DocumentFileName>{XML_NAME}</fx:DocumentFileName>
   <fx:Version>1.0</fx:Version>
   <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#,
        issued = iso(invoice.issued)
    )
}
