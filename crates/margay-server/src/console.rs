//! The web console: files that are part of the binary.
//!
//! `index.html` is answered to every path that is none of ours, since the console finds its pages by itself. Each answer of it has a
//! nonce of its own, and a content security policy under which no script runs that is not a file of ours. Files under `/assets/` are
//! named by what is in them, so browsers keep them for good.

use std::fmt::Write as _;

use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use uuid::Uuid;

/// What the build of the console has left (`web/dist`).
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

const INDEX: &str = "index.html";
/// Where `index.html` has a place for the nonce of each answer.
const NONCE_PLACE: &str = "__MARGAY_NONCE__";
/// Names of these files say what is in them.
const NAMED_BY_CONTENT: &str = "assets/";
/// A year, the longest that RFC 9111 caches are asked for.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Asked again each time, and answered with 304 while it is the same.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// Files are compressed when the console is built, in these ways, the better one first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Answers with a file of the console, or with its page.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    // What begins so is not the console's, and a page in place of a file would only confuse.
    if path == "api" || path.starts_with("api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let allowed = [(ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allowed).into_response();
    }
    let is_compressed = ENCODINGS.iter().any(|(_, ending)| path.ends_with(ending));
    // A name that begins with a dot is a note of the build's.
    let is_answered = path != INDEX && !is_compressed && !path.starts_with('.');
    match Files::get(path) {
        Some(file) if is_answered => file_answer(path, &file, &headers),
        _ if path.starts_with(NAMED_BY_CONTENT) => StatusCode::NOT_FOUND.into_response(),
        _ => page(),
    }
}

/// Returns what tells one build of the console from another.
pub(crate) fn build_id() -> String {
    Files::get(INDEX).map(|file| tag_of(&file)).unwrap_or_default()
}

fn page() -> Response {
    let Some(index) = Files::get(INDEX) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // 122 random bits: nobody guesses them within one answer.
    let nonce = Uuid::new_v4().simple().to_string();
    let text = String::from_utf8_lossy(&index.data).replace(NONCE_PLACE, &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (OPENER_POLICY, HeaderValue::from_static("same-origin")),
        (
            PERMISSIONS_POLICY,
            HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
        ),
    ];
    let mut response = (headers, text).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn file_answer(path: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", tag_of(file));
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind_of(path)));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let caching = if path.starts_with(NAMED_BY_CONTENT) {
        FOR_GOOD
    } else {
        ASK_AGAIN
    };
    headers.insert(CACHE_CONTROL, caching);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    let is_known = asked
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| {
            known
                .split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    for (name, ending) in ENCODINGS {
        if !takes(asked, name) {
            continue;
        }
        if let Some(compressed) = Files::get(&format!("{path}{ending}")) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
            return (headers, compressed.data).into_response();
        }
    }
    (headers, file.data.clone()).into_response()
}

/// Whether a client takes an encoding (RFC 9110, section 12.5.3). One that gives weights is taken at its word only for a zero.
fn takes(asked: &HeaderMap, encoding: &str) -> bool {
    let headers = asked
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|header| header.to_str().ok());
    headers.flat_map(|header| header.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn kind_of(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn tag_of(file: &EmbeddedFile) -> String {
    const BYTES: usize = 8;
    let mut tag = String::with_capacity(2 * BYTES);
    for byte in file.metadata.sha256_hash().iter().take(BYTES) {
        write!(tag, "{byte:02x}").expect("a string takes what is written");
    }
    tag
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::{Path, PathBuf};

    use axum::http::HeaderMap;
    use axum::http::header::{ACCEPT_ENCODING, HeaderValue};

    use sha2::{Digest, Sha256};

    use super::{Files, INDEX, NONCE_PLACE, kind_of, takes};

    fn files_under(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files_under(&path, files);
            } else {
                files.push(path);
            }
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    /// `docs/console.md` has the formula.
    #[test]
    fn the_files_were_built_from_the_sources_that_are_here() {
        let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
        let single = [
            "index.html",
            "package.json",
            "package-lock.json",
            "tsconfig.json",
            "vite.config.ts",
        ];
        let mut files: Vec<PathBuf> = single.iter().map(|name| web.join(name)).collect();
        for folder in ["src", "public", "scripts"] {
            files_under(&web.join(folder), &mut files);
        }
        let mut lines: Vec<(String, String)> = files
            .iter()
            .map(|file| {
                let path = file.strip_prefix(&web).unwrap().to_str().unwrap().to_owned();
                (path, hex(&Sha256::digest(std::fs::read(file).unwrap())))
            })
            .filter(|(path, _)| !path.ends_with(".test.ts") && !path.ends_with(".test.tsx"))
            .collect();
        lines.sort();
        let listed = lines.iter().fold(String::new(), |mut text, (path, hash)| {
            writeln!(text, "{hash}  {path}").unwrap();
            text
        });
        let built = std::fs::read_to_string(web.join("dist/.source-hash")).unwrap();
        let hint = "web/dist is older than its sources: npm --prefix web ci && npm --prefix web run build";
        assert_eq!(built.trim(), hex(&Sha256::digest(listed)), "{hint}");
    }

    #[test]
    fn the_page_has_no_script_of_its_own_and_a_place_for_each_nonce() {
        let index = Files::get(INDEX).unwrap();
        let text = std::str::from_utf8(&index.data).unwrap();
        assert!(text.contains(NONCE_PLACE));
        for script in text.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains(" src=\"/"), "{tag}");
            assert!(rest.starts_with("</script>"), "a script within the page: {rest}");
        }
        assert!(!text.contains("<style") && !text.contains(" style="), "{text}");
    }

    #[test]
    fn every_file_has_a_kind_that_browsers_take() {
        for path in Files::iter() {
            let is_other = path.ends_with(".br") || path.ends_with(".gz") || path.starts_with('.') || path == INDEX;
            assert!(is_other || kind_of(&path) != "application/octet-stream", "{path}");
        }
    }

    #[test]
    fn an_encoding_is_used_if_the_client_takes_it() {
        let asked = |text: &'static str| HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))]);
        assert!(takes(&asked("gzip, deflate, br"), "br"));
        assert!(takes(&asked("gzip;q=0.5, BR;q=1.0"), "br"));
        assert!(!takes(&asked("gzip, br;q=0"), "br"));
        assert!(!takes(&asked("gzip"), "br"));
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }
}
