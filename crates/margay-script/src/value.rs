//! Values. A value is small and copied; what does not fit into 16 bytes lives in the heap, and the value says where.

use num_bigint::BigInt;

use crate::builtin::{Function, Method, Module};
use crate::dict::Dict;
use crate::syntax::Parameter;
use crate::token::Place;

/// A value. Two equal values may be different places of the heap.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value {
    None,
    Boolean(bool),
    Integer(i64),
    /// An integer that does not fit 64 bits.
    Big(BigPlace),
    Float(f64),
    Text(TextPlace),
    List(ListPlace),
    Tuple(TuplePlace),
    Dict(DictPlace),
    Range(RangePlace),
    /// A function of the script.
    Closure(ClosurePlace),
    /// A method and the value it is of.
    Bound(BoundPlace),
    /// A function that is there for every script.
    Function(Function),
    Module(Module),
}

/// Declares a type for places in one part of the heap.
macro_rules! places {
    ($($name:ident),*) => {
        $(#[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) usize);)*
    };
}

places!(
    BigPlace,
    TextPlace,
    ListPlace,
    TuplePlace,
    DictPlace,
    RangePlace,
    ClosurePlace,
    BoundPlace,
    CellPlace
);

/// The items of a list.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) items: Vec<Value>,
    /// Loops over it that run now; it cannot change meanwhile.
    pub(crate) loop_count: usize,
}

/// The entries of a dict.
#[derive(Debug, Default)]
pub(crate) struct DictObject {
    pub(crate) dict: Dict,
    /// Loops over it that run now; it cannot change meanwhile.
    pub(crate) loop_count: usize,
}

/// The numbers from `start` to before `stop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: i64,
    pub(crate) stop: i64,
    /// Never 0.
    pub(crate) step: i64,
}

/// A function of the script with what it took from around it.
#[derive(Debug)]
pub(crate) struct Closure {
    /// Its place in the list of codes.
    pub(crate) code: usize,
    /// The defaults of those parameters that have one, in order.
    pub(crate) defaults: Box<[Value]>,
    pub(crate) captures: Box<[CellPlace]>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) receiver: Value,
    pub(crate) method: Method,
}

/// A function of the script, ready to run.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) name: Box<str>,
    pub(crate) at: Place,
    /// Each has the local slot of its position.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Vec<crate::syntax::Statement>,
    pub(crate) local_count: usize,
    /// Local slots that inner functions share.
    pub(crate) cells: Vec<usize>,
    /// What the function takes from the one around it: the slot there, and the slot here.
    pub(crate) captures: Vec<(usize, usize)>,
}

impl Value {
    /// Returns the word that `type(value)` gives.
    pub(crate) const fn type_name(self) -> &'static str {
        match self {
            Self::None => "NoneType",
            Self::Boolean(_) => "bool",
            Self::Integer(_) | Self::Big(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "string",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Dict(_) => "dict",
            Self::Range(_) => "range",
            Self::Closure(_) => "function",
            Self::Bound(_) | Self::Function(_) => "builtin_function_or_method",
            Self::Module(_) => "module",
        }
    }
}

impl Value {
    /// Returns what it is, for messages.
    pub(crate) const fn described(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Boolean(_) => "a bool",
            Self::Integer(_) | Self::Big(_) => "an int",
            Self::Float(_) => "a float",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Dict(_) => "a dict",
            Self::Range(_) => "a range",
            Self::Closure(_) | Self::Bound(_) | Self::Function(_) => "a function",
            Self::Module(_) => "a module",
        }
    }
}

impl Range {
    /// Returns how many numbers there are.
    pub(crate) fn count(self) -> i64 {
        let (from, to, step) = if self.step > 0 {
            (i128::from(self.start), i128::from(self.stop), i128::from(self.step))
        } else {
            (i128::from(self.stop), i128::from(self.start), -i128::from(self.step))
        };
        let count = if to > from { (to - from - 1) / step + 1 } else { 0 };
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// Returns the number at an index below the count.
    pub(crate) fn at(self, index: i64) -> i64 {
        self.start.wrapping_add(index.wrapping_mul(self.step))
    }
}

/// Returns the integer as a value, if it fits 64 bits.
pub(crate) fn small(integer: &BigInt) -> Option<Value> {
    i64::try_from(integer).ok().map(Value::Integer)
}
