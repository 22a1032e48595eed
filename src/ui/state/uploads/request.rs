//! The requests that carry files, and the files until the server has them. Browser only.
//!
//! Files and requests belong to the page's thread, so they stay here and not in a signal, which may cross threads when
//! pages are rendered on the server.

use super::Options;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Waiting,
    /// On its way, or about to be tried again.
    Taken,
    /// Given up, until its person says otherwise.
    Resting,
}

struct Outgoing {
    key: u32,
    file: File,
    options: Options,
    /// The same for every try, so that the server makes one invoice of them.
    idempotency_key: String,
    tries: u32,
    turn: Turn,
    request: Option<XmlHttpRequest>,
}

thread_local! {
    /// Oldest first. Few: a map would be more code for the browser to load.
    static OUTGOING: RefCell<Vec<Outgoing>> = const { RefCell::new(Vec::new()) };
}

fn with<T>(key: u32, change: impl FnOnce(&mut Outgoing) -> T) -> Option<T> {
    OUTGOING.with_borrow_mut(|all| all.iter_mut().find(|outgoing| outgoing.key == key).map(change))
}

/// Keeps a file until it is sent.
pub fn keep(key: u32, file: File, options: Options) {
    let outgoing =
        Outgoing { key, file, options, idempotency_key: fresh_key(), tries: 0, turn: Turn::Waiting, request: None };
    OUTGOING.with_borrow_mut(|all| all.push(outgoing));
}

pub fn is_kept(key: u32) -> bool {
    OUTGOING.with_borrow(|all| all.iter().any(|outgoing| outgoing.key == key))
}

/// Back into the queue, with so many tries behind it.
pub fn wait(key: u32, tries: u32) {
    with(key, |outgoing| (outgoing.turn, outgoing.tries) = (Turn::Waiting, tries));
}

/// Out of the queue, but kept.
pub fn rest(key: u32) {
    with(key, |outgoing| outgoing.turn = Turn::Resting);
}

/// Counts a try that came to nothing. None: the file was dropped meanwhile.
pub fn tried(key: u32) -> Option<u32> {
    with(key, |outgoing| {
        outgoing.tries += 1;
        outgoing.tries
    })
}

/// Stops its request and forgets the file. False: there was none.
pub fn drop_file(key: u32) -> bool {
    // Taken out first: aborting calls back at once.
    let dropped = OUTGOING.with_borrow_mut(|all| {
        let at = all.iter().position(|outgoing| outgoing.key == key)?;
        Some(all.remove(at))
    });
    if let Some(request) = dropped.as_ref().and_then(|outgoing| outgoing.request.as_ref()) {
        request.set_onloadend(None);
        // A request that is over can not be aborted, which is as good.
        _ = request.abort();
    }
    dropped.is_some()
}

/// Gives the oldest waiting file its turn, unless `parallel` have theirs.
pub fn next(parallel: usize) -> Option<u32> {
    OUTGOING.with_borrow_mut(|all| {
        if all.iter().filter(|outgoing| outgoing.turn == Turn::Taken).count() >= parallel {
            return None;
        }
        let outgoing = all.iter_mut().find(|outgoing| outgoing.turn == Turn::Waiting)?;
        outgoing.turn = Turn::Taken;
        Some(outgoing.key)
    })
}

/// Sends a kept file. `sent` hears per cents; `ended` the status (0: no answer), the server's `Retry-After` in seconds,
/// and the body. Errors when the browser refuses to build the request.
pub fn send(
    key: u32,
    sent: impl Fn(u8) + 'static,
    ended: impl FnOnce(u16, Option<u32>, String) + 'static,
) -> Result<(), JsValue> {
    let prepared = with(key, |outgoing| {
        let form = form(&outgoing.file, &outgoing.options)?;
        let request = XmlHttpRequest::new()?;
        request.open("POST", "/api/v1/invoices")?;
        request.set_request_header("Idempotency-Key", &outgoing.idempotency_key)?;
        outgoing.request = Some(request.clone());
        Ok::<_, JsValue>((request, form))
    });
    let Some(prepared) = prepared else { return Ok(()) };
    let (request, form) = prepared?;
    // `fetch` can not tell how much of a body is sent; this older interface can.
    let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            sent((event.loaded() * 100.0 / event.total()) as u8);
        }
    });
    request.upload()?.set_onprogress(Some(progress.into_js_value().unchecked_ref()));
    let answered = request.clone();
    let over = Closure::once_into_js(move || {
        let status = answered.status().unwrap_or(0);
        let retry_after = answered.get_response_header("Retry-After").ok().flatten();
        let body = answered.response_text().ok().flatten().unwrap_or_default();
        ended(status, retry_after.and_then(|seconds| seconds.parse().ok()), body);
    });
    request.set_onloadend(Some(over.unchecked_ref()));
    request.send_with_opt_form_data(Some(&form))
}

fn form(file: &File, options: &Options) -> Result<FormData, JsValue> {
    let form = FormData::new()?;
    if let Some(provider) = &options.provider {
        form.append_with_str("model_provider", provider)?;
    }
    if options.auto_save {
        form.append_with_str("auto_save", "true")?;
    }
    form.append_with_blob_and_filename("file", file, &file.name())?;
    Ok(form)
}

/// A key that is very likely the only one of its kind.
fn fresh_key() -> String {
    let part = || ((js_sys::Math::random() * 4_294_967_296.0) as u32).to_string();
    ["browser-", &part(), "-", &part(), "-", &part()].concat()
}

/// The files of a list.
pub fn files_of(list: Option<web_sys::FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.get(at)).collect()
}
