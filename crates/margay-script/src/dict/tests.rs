use proptest::prelude::*;

use super::*;
use crate::meter::Meter;

proptest! {
    #[test]
    fn a_dict_is_a_list_of_pairs_without_repetition(
        actions in prop::collection::vec((0..3_u8, 0..40_i64, any::<i64>()), 0..200),
    ) {
        let mut heap = Heap::on(None, Meter::for_record(0));
        let place = heap.add_dict().unwrap();
        let mut model: Vec<(i64, i64)> = Vec::new();
        for (action, key, value) in actions {
            // Every other key is text, and all share few low bits.
            let key_value = if key % 2 == 0 { Value::Integer(key << 32) } else { heap.add_text(&key.to_string()).unwrap() };
            let position = model.iter().position(|(other, _)| *other == key);
            match action {
                0 | 1 => {
                    set(&mut heap, place, key_value, Value::Integer(value)).unwrap();
                    match position {
                        Some(position) => model[position].1 = value,
                        None => model.push((key, value)),
                    }
                }
                _ => {
                    let removed = remove(&mut heap, place, key_value).unwrap();
                    prop_assert_eq!(removed.is_some(), position.is_some());
                    if let Some(position) = position {
                        model.remove(position);
                    }
                }
            }
            let found = get(&heap, place, key_value).unwrap();
            let wanted = model.iter().find(|(other, _)| *other == key).map(|(_, value)| *value);
            prop_assert_eq!(found.map(integer), wanted);
        }
        let values: Vec<i64> = heap.dict(place).dict.entries().iter().map(|entry| integer(entry.value)).collect();
        let wanted: Vec<i64> = model.iter().map(|(_, value)| *value).collect();
        prop_assert_eq!(values, wanted);
    }
}

fn integer(value: Value) -> i64 {
    match value {
        Value::Integer(integer) => integer,
        other => panic!("{other:?} is an integer"),
    }
}
