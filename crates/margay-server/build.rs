//! The console's files are committed and embedded as they are: no build of ours runs node.

use std::path::Path;

const INDEX: &str = "../../web/dist/index.html";

fn main() {
    // A file that is added to the folder is not seen otherwise.
    println!("cargo:rerun-if-changed=../../web/dist");
    assert!(
        Path::new(INDEX).is_file(),
        "web/dist/index.html is missing: it is part of the repository; `npm --prefix web ci && npm --prefix web run build` makes it anew"
    );
}
