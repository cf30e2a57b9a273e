//! What is there for every script: functions, methods and modules.

use crate::evaluate::{Arguments, Evaluator};
use crate::heap::Heap;
use crate::problem::{Fault, Run};
use crate::value::{TextPlace, Value};

mod base64;
mod dicts;
mod functions;
pub(crate) mod json;
mod lists;
mod sort;
mod strings;
#[cfg(test)]
mod tests;

pub(crate) use functions::call;
pub(crate) use strings::is_searchable;

/// Declares an enum whose variants have a name in the language.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($variant:ident $name:literal)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $type { $($variant),* }

        impl $type {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub(crate) fn names() -> impl Iterator<Item = &'static str> {
                Self::ALL.iter().map(|known| known.name())
            }

            pub(crate) fn of_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

named!(
    /// A function.
    Function {
        Abs "abs" All "all" Any "any" Bool "bool" Chr "chr" Dict "dict" Dir "dir" Enumerate "enumerate" Fail "fail"
        Float "float" Getattr "getattr" Hasattr "hasattr" Int "int" Len "len" List "list" Max "max" Min "min"
        Ord "ord" Print "print" Range "range" Repr "repr" Reversed "reversed" Sorted "sorted" Str "str" Tuple "tuple"
        Type "type" Zip "zip"
    }
);

named!(
    /// A module.
    Module { Base64 "base64" Json "json" }
);

named!(
    /// A method of a value, or a function of a module.
    Method {
        Append "append" Capitalize "capitalize" Clear "clear" CodepointOrds "codepoint_ords" Codepoints "codepoints"
        Count "count" Decode "decode" ElemOrds "elem_ords" Elems "elems" Encode "encode" Endswith "endswith"
        Extend "extend" Find "find" Format "format" Get "get" Index "index" Insert "insert" Isalnum "isalnum"
        Isalpha "isalpha" Isdigit "isdigit" Islower "islower" Isspace "isspace" Istitle "istitle" Isupper "isupper"
        Items "items" Join "join" Keys "keys" Lower "lower" Lstrip "lstrip" Partition "partition" Pop "pop"
        Popitem "popitem" Remove "remove" Removeprefix "removeprefix" Removesuffix "removesuffix" Replace "replace"
        Rfind "rfind" Rindex "rindex" Rpartition "rpartition" Rsplit "rsplit" Rstrip "rstrip" Setdefault "setdefault"
        Split "split" Splitlines "splitlines" Startswith "startswith" Strip "strip" Title "title" Update "update"
        Upper "upper" Values "values"
    }
);

/// The methods of a type.
const fn methods_of(value: Value) -> &'static [Method] {
    match value {
        Value::Text(_) => strings::METHODS,
        Value::List(_) => lists::METHODS,
        Value::Dict(_) => dicts::METHODS,
        Value::Module(_) => &[Method::Decode, Method::Encode],
        _ => &[],
    }
}

impl Method {
    /// Fails if a value has no such method.
    pub(crate) fn check(self, receiver: Value) -> Run<()> {
        if methods_of(receiver).contains(&self) {
            return Ok(());
        }
        Err(Fault::operation(format!(
            "{} has no attribute `{}`",
            receiver.described(),
            self.name()
        )))
    }
}

/// Calls a method that the receiver has.
pub(crate) fn call_method(
    evaluator: &mut Evaluator<'_, '_>,
    receiver: Value,
    method: Method,
    arguments: Arguments,
) -> Run<Value> {
    evaluator.heap.meter.step()?;
    match receiver {
        Value::Text(place) => strings::call(evaluator, place, method, arguments),
        Value::List(place) => lists::call(evaluator, place, method, arguments),
        Value::Dict(place) => dicts::call(evaluator, place, method, arguments),
        Value::Module(Module::Json) => json::call(evaluator, method, arguments),
        Value::Module(Module::Base64) => base64::call(evaluator, method, arguments),
        _ => method.check(receiver).map(|()| Value::None),
    }
}

impl Arguments {
    /// Returns the values of parameters, by place or by name. The first `required` must be there.
    fn take<const N: usize>(self, function: &str, names: [&str; N], required: usize) -> Run<[Option<Value>; N]> {
        let mut values = [None; N];
        if self.positional.len() > N {
            return Err(Fault::operation(format!("`{function}` takes at most {N} arguments")));
        }
        for (slot, value) in values.iter_mut().zip(self.positional) {
            *slot = Some(value);
        }
        for (name, value) in self.named {
            let Some(position) = names.iter().position(|known| **known == *name) else {
                return Err(Fault::operation(format!("`{function}` has no parameter of that name")));
            };
            if values[position].replace(value).is_some() {
                let message = format!("`{function}` gets its parameter `{}` twice", names[position]);
                return Err(Fault::operation(message));
            }
        }
        if let Some(missing) = values[..required].iter().position(Option::is_none) {
            let message = format!("`{function}` is called without its parameter `{}`", names[missing]);
            return Err(Fault::operation(message));
        }
        Ok(values)
    }

    /// Returns the one value of a function that takes one.
    fn one(self, function: &str) -> Run<Value> {
        let [value] = self.take(function, ["x"], 1)?;
        Ok(value.unwrap_or(Value::None))
    }

    fn none(self, function: &str) -> Run<()> {
        self.take(function, [], 0).map(|[]| ())
    }
}

/// Returns a text that an operation wants.
fn text(value: Option<Value>, function: &str) -> Run<TextPlace> {
    match value {
        Some(Value::Text(place)) => Ok(place),
        Some(other) => Err(Fault::operation(format!(
            "`{function}` wants a string, got {}",
            other.described()
        ))),
        None => Err(Fault::operation(format!("`{function}` wants a string"))),
    }
}

/// Returns an integer that an operation wants, or the default. One beyond 64 bits is as good as the largest.
fn integer(heap: &Heap<'_>, value: Option<Value>, default: i64, function: &str) -> Run<i64> {
    match value {
        None | Some(Value::None) => Ok(default),
        Some(Value::Integer(integer)) => Ok(integer),
        Some(Value::Big(place)) => Ok(match heap.big(place).sign() {
            num_bigint::Sign::Minus => i64::MIN,
            _ => i64::MAX,
        }),
        Some(other) => Err(Fault::operation(format!(
            "`{function}` wants an int, got {}",
            other.described()
        ))),
    }
}
