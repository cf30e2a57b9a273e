//! `margay source history`: the story of a source, oldest first.

use margay_lake::Cell;

use super::find;
use crate::cli::Global;
use crate::exit::{Exit, OrExit, Outcome};
use crate::open;
use crate::output::{Format, note, print_rows};

pub(super) async fn run(global: &Global, name: &str, limit: usize, format: Format) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let source = find(&store, name).await?;
    let mut notes = store.history(source.id, limit).await.or_exit(Exit::Storage)?;
    if notes.is_empty() && format == Format::Table {
        note("nothing has happened yet that is worth telling");
        return Ok(());
    }
    notes.reverse();
    let rows: Vec<Vec<Cell>> = notes
        .into_iter()
        .map(|note| {
            let until = (note.count > 1).then(|| Cell::Time(note.last_at.as_microsecond()));
            vec![
                Cell::Time(note.first_at.as_microsecond()),
                until.unwrap_or(Cell::Null),
                Cell::Unsigned(note.count),
                Cell::Text(note.kind.as_str().to_owned()),
                Cell::Text(note.text),
            ]
        })
        .collect();
    print_rows(format, &["at", "until", "times", "what", "text"], &rows)
}
