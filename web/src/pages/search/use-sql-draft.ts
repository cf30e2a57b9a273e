// The statement as it is written. What was typed and not run yet is kept for the tab, beside the statement that it was made of.
import { useCallback, useEffect, useState } from 'react'
import { useDraft } from '../../draft'

interface SqlDraft {
  draft: string
  /** Shows another statement, which nobody typed. */
  setDraft: (change: (draft: string) => string) => void
  type: (typed: string) => void
  /** It runs: there is nothing left that could be lost. */
  settle: (sql: string) => void
}

const NOTHING = { asked: '', typed: '' }

/** `asked` is the statement of the address; where something was typed over it, that is shown. */
export function useSqlDraft(asked: string): SqlDraft {
  const [kept, keep, forget] = useDraft('search-sql', NOTHING)
  const found = kept.asked === asked && kept.typed !== '' ? kept.typed : asked
  const [draft, setDraft] = useState(found)
  // Only another address brings another statement: what is kept changes with every letter.
  useEffect(() => setDraft(found), [asked])
  const drop = () => {
    keep(NOTHING)
    forget()
  }
  return {
    draft,
    setDraft: useCallback((change) => setDraft(change), []),
    type: (typed) => {
      setDraft(typed)
      if (typed === asked) drop()
      else keep({ asked, typed })
    },
    settle: (sql) => {
      setDraft(sql)
      drop()
    },
  }
}
