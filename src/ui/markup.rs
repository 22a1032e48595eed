//! Views that cost little: elements that only show something, as plain data, and parts that wait for nothing.
//!
//! In a `view!` each element, attribute and child is an object of its own: made, asked whether it waits for data, and
//! only then written; in the browser each is code, and each is walked when the page is taken over. For cells, icons,
//! links and figures, which neither listen nor change by themselves, [`Markup`] is one type for all of them: the server
//! writes it as text, the browser takes over its outermost element only, and compares with what was there before.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::{AddAnyAttr, AnyView, IntoAny, Mountable, Render, RenderHtml},
    tachys::{
        hydration::Cursor,
        renderer::{Rndr, types::Element, types::Node as DomNode},
        view::{Position, PositionState, any_view::AnyViewState},
    },
    wasm_bindgen::JsCast,
};
use std::borrow::Cow;

type Text = Cow<'static, str>;

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element without listeners, and what is in it. Text is escaped when it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Markup {
    tag: &'static str,
    attributes: Vec<(&'static str, Text)>,
    inside: Vec<Inside>,
}

#[derive(Clone, Debug, PartialEq)]
enum Inside {
    Element(Markup),
    Text(Text),
    /// Written by us, not escaped.
    Drawing(&'static str),
}

/// An element with nothing in it yet. Of those that never hold anything, only `input` and `link` are written right.
pub fn el(tag: &'static str) -> Markup {
    Markup { tag, attributes: Vec::new(), inside: Vec::new() }
}

impl Markup {
    pub fn class(self, class: impl Into<Text>) -> Markup {
        self.attr("class", class)
    }

    pub fn attr(mut self, name: &'static str, value: impl Into<Text>) -> Markup {
        self.attributes.push((name, value.into()));
        self
    }

    pub fn text(mut self, text: impl Into<Text>) -> Markup {
        self.inside.push(Inside::Text(text.into()));
        self
    }

    pub fn child(mut self, child: Markup) -> Markup {
        self.inside.push(Inside::Element(child));
        self
    }

    /// All of them: several, or one that may not be there.
    pub fn children(mut self, children: impl IntoIterator<Item = Markup>) -> Markup {
        self.inside.extend(children.into_iter().map(Inside::Element));
        self
    }

    /// HTML of our own, as it is. Only constants have the type for it.
    pub fn drawing(mut self, html: &'static str) -> Markup {
        self.inside.push(Inside::Drawing(html));
        self
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(self.tag);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        out.push('>');
        if matches!(self.tag, "input" | "link") {
            return;
        }
        self.write_inside(out);
        out.push_str("</");
        out.push_str(self.tag);
        out.push('>');
    }

    fn write_inside(&self, out: &mut String) {
        for inside in &self.inside {
            match inside {
                Inside::Element(element) => element.write(out),
                Inside::Text(text) => escape(text, out),
                Inside::Drawing(html) => out.push_str(html),
            }
        }
    }

    /// What is in it, where that is elements only.
    fn elements(&self) -> Option<Vec<&Markup>> {
        fn element(inside: &Inside) -> Option<&Markup> {
            if let Inside::Element(element) = inside { Some(element) } else { None }
        }
        self.inside.iter().map(element).collect()
    }

    fn show_inside(&self, at: &Element) {
        let mut html = String::new();
        self.write_inside(&mut html);
        at.set_inner_html(&html);
    }

    /// Makes `at`, which shows `before`, show this. What is the same stays, and with it the focus.
    fn patch(&self, before: &Markup, at: &Element) {
        if self.attributes != before.attributes {
            for (name, _) in &before.attributes {
                if self.attributes.iter().all(|(kept, _)| kept != name) {
                    Rndr::remove_attribute(at, name);
                }
            }
            for attribute in &self.attributes {
                if !before.attributes.contains(attribute) {
                    Rndr::set_attribute(at, attribute.0, &attribute.1);
                }
            }
        }
        if self.inside != before.inside {
            self.patch_inside(before, at);
        }
    }

    fn patch_inside(&self, before: &Markup, at: &Element) {
        let same_tags = |now: &[&Markup], then: &[&Markup]| now.iter().zip(then).all(|(now, then)| now.tag == then.tag);
        let (now, then) = match (self.elements(), before.elements()) {
            (Some(now), Some(then)) if same_tags(&now, &then) => (now, then),
            _ => return self.show_inside(at),
        };
        let mut child = at.first_element_child();
        for (at_place, then) in then.iter().enumerate() {
            let Some(element) = child else { return self.show_inside(at) };
            child = element.next_element_sibling();
            match now.get(at_place) {
                Some(now) => now.patch(then, &element),
                None => element.remove(),
            }
        }
        for new in now.iter().skip(then.len()) {
            Rndr::insert_node(at, &new.to_element(), None);
        }
    }

    fn to_element(&self) -> Element {
        let element = Rndr::create_element(self.tag, (self.tag == "svg").then_some(SVG));
        for (name, value) in &self.attributes {
            Rndr::set_attribute(&element, name, value);
        }
        self.show_inside(&element);
        element
    }
}

fn escape(text: &str, out: &mut String) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let name = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[written..at]);
        out.push_str(name);
        written = at + 1;
    }
    out.push_str(&text[written..]);
}

/// A [`Markup`] in the page.
pub struct MarkupState {
    element: Element,
    shown: Markup,
}

impl Mountable for MarkupState {
    fn unmount(&mut self) {
        self.element.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&DomNode>) {
        self.element.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element.clone()]
    }
}

impl Render for Markup {
    type State = MarkupState;

    fn build(self) -> MarkupState {
        MarkupState { element: self.to_element(), shown: self }
    }

    fn rebuild(self, state: &mut MarkupState) {
        if self.tag == state.shown.tag {
            self.patch(&state.shown, &state.element);
            state.shown = self;
        } else {
            let mut new = self.build();
            state.insert_before_this(&mut new);
            state.unmount();
            *state = new;
        }
    }
}

/// Attributes are its own: none are added from outside.
impl AddAnyAttr for Markup {
    type Output<SomeNewAttr: Attribute> = Markup;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Markup {
        self
    }
}

impl RenderHtml for Markup {
    type AsyncOutput = Markup;
    type Owned = Markup;

    const MIN_LENGTH: usize = 16;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Markup {
        self
    }

    fn to_html_with_buf(self, out: &mut String, position: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {
        self.write(out);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> MarkupState {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        MarkupState { element: cursor.current().unchecked_into(), shown: self }
    }

    fn into_owned(self) -> Markup {
        self
    }
}

/// A part of a page that is made again when what it reads changes.
pub type Dynamic = Box<dyn FnMut() -> AnyView + Send>;

/// Boxed, so that the browser carries the code around such parts once, and not once for each.
pub fn dynamic<V: RenderHtml + 'static>(mut make: impl FnMut() -> V + Send + 'static) -> Dynamic {
    Box::new(move || make().into_any())
}

/// A part of a page that waits for nothing: what it shows has been loaded when it is made. The server makes and writes
/// it once. What stands below a `Suspense` directly is made three times: to find what it waits for, to find that there
/// is nothing more, and to write it. No `Suspense` may be in it.
pub struct Settled(Box<dyn FnOnce() -> AnyView + Send>);

impl Settled {
    pub fn new(view: impl FnOnce() -> AnyView + Send + 'static) -> Settled {
        Settled(Box::new(view))
    }
}

impl Render for Settled {
    type State = AnyViewState;

    fn build(self) -> AnyViewState {
        (self.0)().build()
    }

    fn rebuild(self, state: &mut AnyViewState) {
        (self.0)().rebuild(state);
    }
}

impl AddAnyAttr for Settled {
    type Output<SomeNewAttr: Attribute> = Settled;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Settled {
        self
    }
}

impl RenderHtml for Settled {
    type AsyncOutput = Settled;
    type Owned = Settled;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Settled {
        self
    }

    fn to_html_with_buf(
        self,
        out: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        (self.0)().to_html_with_buf(out, position, escape, mark_branches, attributes);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> AnyViewState {
        (self.0)().hydrate::<FROM_SERVER>(cursor, position)
    }

    async fn hydrate_async(self, cursor: &Cursor, position: &PositionState) -> AnyViewState {
        (self.0)().hydrate_async(cursor, position).await
    }

    fn into_owned(self) -> Settled {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text() {
        let link = el("a").attr("title", "\"><script>").child(el("b").text("Müller & <Söhne>"));
        assert_eq!(link.to_html(), "<a title=\"&quot;&gt;&lt;script&gt;\"><b>Müller &amp; &lt;Söhne&gt;</b></a>");
    }

    #[test]
    fn drawings_and_what_is_not_there() {
        let drawing = el("svg").class("icon").drawing("<path d='M5 12h14'/>");
        let mark = el("span").child(drawing).children(None).text("Read");
        assert_eq!(mark.to_html(), "<span><svg class=\"icon\"><path d='M5 12h14'/></svg>Read</span>");
    }
}
