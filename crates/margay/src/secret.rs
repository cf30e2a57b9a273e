//! Secrets that a command is given: from a file or standard input, never as an argument, where every process list shows it.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use crate::exit::{Exit, Failure, Outcome};
use crate::output::note;

/// No secret is longer; a file that is was named by mistake. One byte more is read, so that whoever checks the length notices.
const SECRET_FILE_BYTES_MAX: u64 = 16 * 1024;

/// Reads a secret that is called `what` from a file, or from standard input if that is `-`. It may be empty, and end with a new line.
pub(crate) fn read(file: &Path, what: &str) -> Outcome<String> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        if io::stdin().is_terminal() {
            note(format_args!(
                "paste the {what}, then Enter (it is shown while you type; a file or a pipe hides it)"
            ));
            io::stdin().lock().read_line(&mut text)
        } else {
            io::stdin().take(SECRET_FILE_BYTES_MAX + 1).read_to_string(&mut text)
        }
    } else {
        std::fs::File::open(file).and_then(|file| file.take(SECRET_FILE_BYTES_MAX + 1).read_to_string(&mut text))
    };
    read.map_err(|error| {
        Failure::new(
            Exit::Usage,
            format!(
                "could not read the {what} from {}: {error}\n\
                 hint: name a file with nothing but the {what} in it",
                place(file)
            ),
        )
    })?;
    Ok(text)
}

/// Returns where a secret is read from, in words.
pub(crate) fn place(file: &Path) -> String {
    if file == Path::new("-") {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    }
}
