//! Where values live.
//!
//! Two layers: what the module made when it was compiled is frozen and shared by all runs; what a run makes is its own
//! and goes away with it. Nothing is freed in between, so there are no counts, no cycles and no collector.

use num_bigint::BigInt;

use crate::limits::INTEGER_BITS_MAX;
use crate::meter::Meter;
use crate::problem::{Fault, Run};
use crate::value::{
    BigPlace, Bound, BoundPlace, CellPlace, Closure, ClosurePlace, DictObject, DictPlace, List, ListPlace, Range,
    RangePlace, TextPlace, TuplePlace, Value, small,
};

/// Charged for each object beside what it holds: its entry, twice, since a growing list of entries is copied.
const OBJECT_BYTES: usize = 96;

/// Charged for each value in a list or tuple, with what a growing list keeps in reserve.
pub(crate) const ITEM_BYTES: usize = 48;

/// Charged for each entry of a dict, with its index and what is kept in reserve.
pub(crate) const ENTRY_BYTES: usize = 160;

/// The values of a module after it was evaluated.
#[derive(Debug, Default)]
pub(crate) struct Frozen {
    texts: Vec<Box<str>>,
    bigs: Vec<BigInt>,
    lists: Vec<List>,
    tuples: Vec<Box<[Value]>>,
    dicts: Vec<DictObject>,
    ranges: Vec<Range>,
    closures: Vec<Closure>,
    bounds: Vec<Bound>,
    cells: Vec<Option<Value>>,
}

/// One kind of object, frozen ones first.
#[derive(Debug)]
struct Layer<'f, T> {
    frozen: &'f [T],
    fresh: Vec<T>,
}

impl<'f, T> Layer<'f, T> {
    const fn on(frozen: &'f [T]) -> Self {
        Self {
            frozen,
            fresh: Vec::new(),
        }
    }

    fn get(&self, place: usize) -> &T {
        match place.checked_sub(self.frozen.len()) {
            None => &self.frozen[place],
            Some(place) => &self.fresh[place],
        }
    }

    /// Returns the object, unless it is frozen.
    fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        let place = place.checked_sub(self.frozen.len())?;
        Some(&mut self.fresh[place])
    }

    fn add(&mut self, object: T) -> usize {
        self.fresh.push(object);
        self.frozen.len() + self.fresh.len() - 1
    }
}

/// The values of a run.
#[derive(Debug)]
pub(crate) struct Heap<'f> {
    pub(crate) meter: Meter,
    texts: Layer<'f, Box<str>>,
    bigs: Layer<'f, BigInt>,
    lists: Layer<'f, List>,
    tuples: Layer<'f, Box<[Value]>>,
    dicts: Layer<'f, DictObject>,
    ranges: Layer<'f, Range>,
    closures: Layer<'f, Closure>,
    bounds: Layer<'f, Bound>,
    cells: Layer<'f, Option<Value>>,
}

impl<'f> Heap<'f> {
    /// Returns an empty heap on top of frozen values, or of none.
    pub(crate) fn on(frozen: Option<&'f Frozen>, meter: Meter) -> Self {
        Self {
            meter,
            texts: Layer::on(frozen.map_or(&[], |frozen| &frozen.texts)),
            bigs: Layer::on(frozen.map_or(&[], |frozen| &frozen.bigs)),
            lists: Layer::on(frozen.map_or(&[], |frozen| &frozen.lists)),
            tuples: Layer::on(frozen.map_or(&[], |frozen| &frozen.tuples)),
            dicts: Layer::on(frozen.map_or(&[], |frozen| &frozen.dicts)),
            ranges: Layer::on(frozen.map_or(&[], |frozen| &frozen.ranges)),
            closures: Layer::on(frozen.map_or(&[], |frozen| &frozen.closures)),
            bounds: Layer::on(frozen.map_or(&[], |frozen| &frozen.bounds)),
            cells: Layer::on(frozen.map_or(&[], |frozen| &frozen.cells)),
        }
    }

    /// Freezes what was made on top of nothing.
    pub(crate) fn freeze(self) -> Frozen {
        Frozen {
            texts: self.texts.fresh,
            bigs: self.bigs.fresh,
            lists: self.lists.fresh,
            tuples: self.tuples.fresh,
            dicts: self.dicts.fresh,
            ranges: self.ranges.fresh,
            closures: self.closures.fresh,
            bounds: self.bounds.fresh,
            cells: self.cells.fresh,
        }
    }

    /// Charges for a text before it is made.
    pub(crate) fn charge_text(&self, bytes: usize) -> Run<()> {
        self.meter.allocate(OBJECT_BYTES.saturating_add(bytes))
    }

    /// Adds a text that was charged for.
    pub(crate) fn add_charged_text(&mut self, text: impl Into<Box<str>>) -> Value {
        Value::Text(TextPlace(self.texts.add(text.into())))
    }

    pub(crate) fn add_text(&mut self, text: &str) -> Run<Value> {
        self.charge_text(text.len())?;
        Ok(self.add_charged_text(text))
    }

    /// Adds the part of a text from byte `from` to before byte `to`. A character that is cut in two becomes U+FFFD.
    pub(crate) fn add_part(&mut self, text: TextPlace, from: usize, to: usize) -> Run<Value> {
        let whole = self.text(text);
        if from == 0 && to == whole.len() {
            return Ok(Value::Text(text));
        }
        self.charge_text((to - from).saturating_mul(3))?;
        let part: Box<str> = match whole.get(from..to) {
            Some(part) => part.into(),
            None => String::from_utf8_lossy(&whole.as_bytes()[from..to]).into(),
        };
        Ok(self.add_charged_text(part))
    }

    pub(crate) fn text(&self, place: TextPlace) -> &str {
        self.texts.get(place.0)
    }

    /// Adds an integer, which may be small.
    pub(crate) fn add_integer(&mut self, integer: BigInt) -> Run<Value> {
        if let Some(value) = small(&integer) {
            return Ok(value);
        }
        if integer.bits() > INTEGER_BITS_MAX {
            return Err(Fault::operation(format!(
                "an integer has at most {INTEGER_BITS_MAX} bits"
            )));
        }
        let bytes = usize::try_from(integer.bits() / 8).unwrap_or(usize::MAX);
        self.meter.allocate(OBJECT_BYTES.saturating_add(bytes))?;
        Ok(Value::Big(BigPlace(self.bigs.add(integer))))
    }

    pub(crate) fn big(&self, place: BigPlace) -> &BigInt {
        self.bigs.get(place.0)
    }

    /// Charges for that many items before a list or tuple of them is made.
    pub(crate) fn charge_items(&self, count: usize) -> Run<()> {
        self.meter
            .allocate(OBJECT_BYTES.saturating_add(ITEM_BYTES.saturating_mul(count)))
    }

    /// Adds a list whose items were charged for.
    pub(crate) fn add_charged_list(&mut self, items: Vec<Value>) -> Value {
        Value::List(ListPlace(self.lists.add(List { items, loop_count: 0 })))
    }

    pub(crate) fn add_list(&mut self, items: Vec<Value>) -> Run<Value> {
        self.charge_items(items.len())?;
        Ok(self.add_charged_list(items))
    }

    pub(crate) fn list(&self, place: ListPlace) -> &List {
        self.lists.get(place.0)
    }

    /// Returns a list to be changed.
    pub(crate) fn list_mut(&mut self, place: ListPlace) -> Run<&mut Vec<Value>> {
        let list = self.lists.get_mut(place.0).ok_or_else(|| frozen("list"))?;
        if list.loop_count > 0 {
            return Err(in_loop("list"));
        }
        Ok(&mut list.items)
    }

    pub(crate) fn add_tuple(&mut self, items: Vec<Value>) -> Run<Value> {
        self.charge_items(items.len())?;
        Ok(Value::Tuple(TuplePlace(self.tuples.add(items.into()))))
    }

    pub(crate) fn tuple(&self, place: TuplePlace) -> &[Value] {
        self.tuples.get(place.0)
    }

    pub(crate) fn add_dict(&mut self) -> Run<DictPlace> {
        self.meter.allocate(OBJECT_BYTES)?;
        Ok(DictPlace(self.dicts.add(DictObject::default())))
    }

    pub(crate) fn dict(&self, place: DictPlace) -> &DictObject {
        self.dicts.get(place.0)
    }

    /// Returns a dict to be changed.
    pub(crate) fn dict_mut(&mut self, place: DictPlace) -> Run<&mut crate::dict::Dict> {
        let object = self.dicts.get_mut(place.0).ok_or_else(|| frozen("dict"))?;
        if object.loop_count > 0 {
            return Err(in_loop("dict"));
        }
        Ok(&mut object.dict)
    }

    /// Notes that a loop over a value begins: it cannot change from here on. Frozen values never do.
    pub(crate) fn begin_loop(&mut self, value: Value) {
        match value {
            Value::List(place) => self.lists.get_mut(place.0).map(|list| list.loop_count += 1),
            Value::Dict(place) => self.dicts.get_mut(place.0).map(|object| object.loop_count += 1),
            _ => None,
        };
    }

    /// Notes that a loop over a value has ended.
    pub(crate) fn end_loop(&mut self, value: Value) {
        match value {
            Value::List(place) => self.lists.get_mut(place.0).map(|list| list.loop_count -= 1),
            Value::Dict(place) => self.dicts.get_mut(place.0).map(|object| object.loop_count -= 1),
            _ => None,
        };
    }

    pub(crate) fn add_range(&mut self, range: Range) -> Run<Value> {
        self.meter.allocate(OBJECT_BYTES)?;
        Ok(Value::Range(RangePlace(self.ranges.add(range))))
    }

    pub(crate) fn range(&self, place: RangePlace) -> Range {
        *self.ranges.get(place.0)
    }

    pub(crate) fn add_closure(&mut self, closure: Closure) -> Run<Value> {
        let held = closure.defaults.len() + closure.captures.len();
        self.meter.allocate(OBJECT_BYTES + ITEM_BYTES * held)?;
        Ok(Value::Closure(ClosurePlace(self.closures.add(closure))))
    }

    pub(crate) fn closure(&self, place: ClosurePlace) -> &Closure {
        self.closures.get(place.0)
    }

    pub(crate) fn add_bound(&mut self, bound: Bound) -> Run<Value> {
        self.meter.allocate(OBJECT_BYTES)?;
        Ok(Value::Bound(BoundPlace(self.bounds.add(bound))))
    }

    pub(crate) fn bound(&self, place: BoundPlace) -> Bound {
        *self.bounds.get(place.0)
    }

    pub(crate) fn add_cell(&mut self, value: Option<Value>) -> Run<CellPlace> {
        self.meter.allocate(OBJECT_BYTES)?;
        Ok(CellPlace(self.cells.add(value)))
    }

    pub(crate) fn cell(&self, place: CellPlace) -> Option<Value> {
        *self.cells.get(place.0)
    }

    pub(crate) fn set_cell(&mut self, place: CellPlace, value: Value) -> Run<()> {
        let cell = self.cells.get_mut(place.0).ok_or_else(|| frozen("variable"))?;
        *cell = Some(value);
        Ok(())
    }
}

#[cold]
fn frozen(what: &str) -> Fault {
    Fault::operation(format!(
        "a {what} that was made outside the function cannot change while it runs"
    ))
}

#[cold]
fn in_loop(what: &str) -> Fault {
    Fault::operation(format!("a {what} cannot change while a loop runs over it"))
}
