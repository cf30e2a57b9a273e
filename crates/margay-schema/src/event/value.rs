//! The values of an event: one list of cells and one text, whatever the record's nesting.
//!
//! The text is the record, as it came or as it was reshaped; strings with escapes stand decoded behind it. A cell is a
//! number, a place in the text, or a run of cells that stand further on. So an event is two allocations, and not one for
//! each string, array and object of it; and the record is copied at once, and not string by string.
//!
//! ```text
//! {"a":"x","b":{"c":"y\n"},"d":[1,2]}     cells  0: "x"   1: {3..4}   2: [4..6]   3: "y<line break>"   4: 1   5: 2
//! ```
//!
//! Nothing but a run points to cells. A key that comes twice leaves cells that nothing points to.

use std::fmt;
use std::ops::Range;

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

/// A place in an event's text: from where, then to where. Four bytes each suffice: what is longer is no record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span(u64);

/// Some cells in a row: from which, then to which.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run(u64);

const _: () = assert!(
    RECORD_BYTES_MAX <= u32::MAX as usize / 2,
    "decoded strings stand behind the record"
);
const _: () = assert!(RECORD_VALUE_COUNT_MAX <= u32::MAX as usize);

/// A value as it is kept. What is in it is always one integer of eight bytes, so that the compiler hands it over in
/// registers; copying one of mixed content through memory was a tenth of all time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell {
    Null,
    String(Span),
    Integer(i64),
    Float(FloatBits),
    False,
    True,
    Timestamp(i64),
    Array(Run),
    Object(Run),
    Json(Span),
}

/// A float as the bits that make it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FloatBits(u64);

impl From<f64> for Cell {
    fn from(float: f64) -> Self {
        Self::Float(FloatBits(float.to_bits()))
    }
}

impl From<bool> for Cell {
    fn from(boolean: bool) -> Self {
        if boolean { Self::True } else { Self::False }
    }
}

/// All values of an event; its own fields come first.
#[derive(Clone)]
pub(crate) struct Tree {
    cells: Vec<Cell>,
    text: String,
    field_count: usize,
}

impl Tree {
    /// Starts the tree of a record, with room for so many cells.
    pub(crate) fn of_record(record: &str, cell_count: usize) -> Self {
        Self {
            cells: Vec::with_capacity(cell_count),
            text: record.to_owned(),
            field_count: 0,
        }
    }

    /// Says which cells are the event's own fields: the first ones.
    pub(crate) fn set_root(&mut self, root: Run) {
        let fields = root.range();
        assert_eq!(fields.start, 0, "the event's fields are the first cells");
        self.field_count = fields.end;
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

    /// Returns how long the text is: as long as the record, until strings are added.
    pub(crate) const fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Adds cells that are null so far.
    pub(crate) fn add_nulls(&mut self, count: usize) -> Run {
        let from = self.cells.len();
        self.cells.extend(std::iter::repeat_n(Cell::Null, count));
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
        self.cells[run.range().start + position] = cell;
    }

    /// Returns whether there is no value in this place.
    #[inline]
    pub(crate) fn is_null(&self, run: Run, position: usize) -> bool {
        matches!(self.cells[run.range().start + position], Cell::Null)
    }

    /// Adds a text that does not stand in the record.
    pub(crate) fn add_text(&mut self, write: impl FnOnce(&mut String)) -> Span {
        let from = self.text.len();
        write(&mut self.text);
        Span::of(from, self.text.len())
    }

    #[inline]
    pub(crate) fn text(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    #[inline]
    pub(crate) fn cells(&self, run: Run) -> &[Cell] {
        &self.cells[run.range()]
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
            Cell::Float(FloatBits(bits)) => Value::Float(f64::from_bits(bits)),
            Cell::False => Value::Boolean(false),
            Cell::True => Value::Boolean(true),
            Cell::Timestamp(microseconds) => Value::Timestamp(microseconds),
            Cell::Array(run) => Value::Array(values(run)),
            Cell::Object(run) => Value::Object(values(run)),
            Cell::Json(span) => Value::Json(self.text(span)),
        })
    }
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root().fmt(f)
    }
}

/// The same values, wherever they stand.
impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.root() == other.root()
    }
}

impl Span {
    /// The text from one place in the record, or behind it, to another.
    #[inline]
    pub(crate) fn of(from: usize, to: usize) -> Self {
        Self(pack(from, to))
    }

    #[inline]
    fn range(self) -> Range<usize> {
        unpack(self.0)
    }
}

impl Run {
    #[inline]
    fn of(from: usize, to: usize) -> Self {
        Self(pack(from, to))
    }

    #[inline]
    fn range(self) -> Range<usize> {
        unpack(self.0)
    }
}

#[inline]
fn pack(from: usize, to: usize) -> u64 {
    let narrow = |place: usize| u32::try_from(place).expect("a record's limits are far below 4 GiB");
    u64::from(narrow(from)) << 32 | u64::from(narrow(to))
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "each half is what is asked for")]
fn unpack(packed: u64) -> Range<usize> {
    (packed >> 32) as u32 as usize..packed as u32 as usize
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
