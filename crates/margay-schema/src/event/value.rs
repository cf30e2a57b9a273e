//! The values of an event: one list of cells and one text, whatever the record's nesting.
//!
//! A cell is a number, a place in the text, or a run of cells that stand further on. So an event is two allocations and
//! not one for each string, array and object of it.
//!
//! ```text
//! {"a": "x", "b": {"c": "y"}, "d": [1, 2]}      cells  0: "x"   1: {3..4}   2: [4..6]   3: "y"   4: 1   5: 2
//!                                               text   xy
//! ```
//!
//! Nothing but a run points to cells, and it only points behind where it stood when it was made. A key that comes twice
//! leaves cells and text that nothing points to.

use std::fmt;

use crate::limits::{RECORD_BYTES_MAX, RECORD_VALUE_COUNT_MAX};

/// A value of an event, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'e> {
    /// Text.
    String(&'e str),
    /// A whole number that fits the field's width.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Microseconds since 1970-01-01 UTC; finer digits are cut off. In the years 1 to 9999, of which
    /// the last day is beyond [`jiff::Timestamp`].
    Timestamp(i64),
    /// The elements in order; null elements keep their place.
    Array(Values<'e>),
    /// The members in the order of the schema's fields.
    Object(Values<'e>),
    /// Any JSON value, as the exact text of the record.
    Json(&'e str),
}

/// Values in a row: of an event, of an object, of an array. `None` is null or absent.
#[derive(Clone, Copy)]
pub struct Values<'e> {
    tree: &'e Tree,
    cells: &'e [Cell],
}

/// A place in an event's text. Four bytes each suffice: what is longer is no record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    from: u32,
    to: u32,
}

/// Some cells in a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    from: u32,
    to: u32,
}

const _: () = assert!(RECORD_BYTES_MAX <= u32::MAX as usize && RECORD_VALUE_COUNT_MAX <= u32::MAX as usize);

/// A value as it is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell {
    Null,
    String(Span),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Timestamp(i64),
    Array(Run),
    Object(Run),
    Json(Span),
}

/// All values of an event; its own fields come first.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    cells: Vec<Cell>,
    text: String,
    field_count: usize,
}

impl Tree {
    /// Returns a tree with room for so much, so that it need not move while it grows.
    pub(crate) fn with_room(cell_count: usize, text_bytes: usize) -> Self {
        Self {
            cells: Vec::with_capacity(cell_count),
            text: String::with_capacity(text_bytes),
            field_count: 0,
        }
    }

    /// Says which cells are the event's own fields: the first ones.
    pub(crate) fn set_root(&mut self, root: Run) {
        assert_eq!(root.from, 0, "the event's fields are the first cells");
        self.field_count = root.to as usize;
    }

    /// Returns the event's own fields.
    pub(crate) fn root(&self) -> Values<'_> {
        Values {
            tree: self,
            cells: self.root_cells(),
        }
    }

    pub(crate) fn root_cells(&self) -> &[Cell] {
        &self.cells[..self.field_count]
    }

    pub(crate) const fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Adds cells that are null so far.
    pub(crate) fn add_nulls(&mut self, count: usize) -> Run {
        let from = self.cells.len();
        self.cells.resize(from + count, Cell::Null);
        Run::of(from, from + count)
    }

    /// Adds cells.
    pub(crate) fn add_cells(&mut self, cells: impl Iterator<Item = Cell>) -> Run {
        let from = self.cells.len();
        self.cells.extend(cells);
        Run::of(from, self.cells.len())
    }

    /// Puts a value in its place, counted from the start of the run.
    #[inline]
    pub(crate) fn set(&mut self, run: Run, position: usize, cell: Cell) {
        self.cells[run.from as usize + position] = cell;
    }

    /// Returns whether there is no value in this place.
    #[inline]
    pub(crate) fn is_null(&self, run: Run, position: usize) -> bool {
        matches!(self.cells[run.from as usize + position], Cell::Null)
    }

    /// Adds text.
    #[inline]
    pub(crate) fn add_text(&mut self, text: &str) -> Span {
        self.write_text(|out| out.push_str(text))
    }

    /// Adds the text that is written.
    #[inline]
    pub(crate) fn write_text(&mut self, write: impl FnOnce(&mut String)) -> Span {
        let from = self.text.len();
        write(&mut self.text);
        Span {
            from: narrow(from),
            to: narrow(self.text.len()),
        }
    }

    #[inline]
    pub(crate) fn text(&self, span: Span) -> &str {
        &self.text[span.from as usize..span.to as usize]
    }

    #[inline]
    pub(crate) fn cells(&self, run: Run) -> &[Cell] {
        &self.cells[run.from as usize..run.to as usize]
    }

    #[inline]
    fn value(&self, cell: Cell) -> Option<Value<'_>> {
        let values = |run| Values {
            tree: self,
            cells: self.cells(run),
        };
        Some(match cell {
            Cell::Null => return None,
            Cell::String(span) => Value::String(self.text(span)),
            Cell::Integer(integer) => Value::Integer(integer),
            Cell::Float(float) => Value::Float(float),
            Cell::Boolean(boolean) => Value::Boolean(boolean),
            Cell::Timestamp(microseconds) => Value::Timestamp(microseconds),
            Cell::Array(run) => Value::Array(values(run)),
            Cell::Object(run) => Value::Object(values(run)),
            Cell::Json(span) => Value::Json(self.text(span)),
        })
    }
}

/// The same values, wherever they stand.
impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl Run {
    fn of(from: usize, to: usize) -> Self {
        Self {
            from: narrow(from),
            to: narrow(to),
        }
    }
}

#[inline]
fn narrow(place: usize) -> u32 {
    u32::try_from(place).expect("a record's limits are far below 4 GiB")
}

impl<'e> Values<'e> {
    /// Returns how many there are, nulls too.
    #[inline]
    pub const fn len(self) -> usize {
        self.cells.len()
    }

    /// Returns whether there is none, not even a null.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.cells.is_empty()
    }

    /// Returns the value at a position.
    ///
    /// # Panics
    ///
    /// If there is no such position.
    #[inline]
    pub fn get(self, position: usize) -> Option<Value<'e>> {
        self.tree.value(self.cells[position])
    }

    /// Returns all, in order.
    #[inline]
    pub fn iter(self) -> impl ExactSizeIterator<Item = Option<Value<'e>>> + Clone {
        self.cells.iter().map(move |cell| self.tree.value(*cell))
    }
}

impl PartialEq for Values<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
