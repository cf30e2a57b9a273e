// SQL as the lake understands it. Words of other dialects would be coloured as if they meant something.
import { SQLDialect, sql } from '@codemirror/lang-sql'

const dialect = SQLDialect.define({
  keywords:
    'all and any as asc between by case cast cross describe desc distinct else end except exists explain false fetch filter from full group having ilike in inner intersect interval is join left ' +
    'like limit not null nulls offset on or order outer over partition right select show tables then true union unnest using values when where with',
  builtin:
    'array_has array_has_any array_to_string coalesce concat_ws count date_bin date_trunc json_get_text lower max min now regexp_like starts_with sum upper ' +
    'p_occurs_since p_occurs_between p_occurs_around p_occurs_after p_occurs_before',
  types: 'bigint boolean date double int integer text timestamp varchar',
})

export const sqlLanguage = () => sql({ dialect })
