import { useDraft } from '../../draft'
import type { Schema } from '../../api/schema'

interface SchemaDraft {
  yaml: string
  /** The revision that it began with. */
  revision: number
  isLenient: boolean
  /** Whether anything was changed. */
  isBegun: boolean
  /** Whether a reload would find it. */
  isKept: boolean
  write: (yaml: string) => void
  setLenient: (isLenient: boolean) => void
  /** From now on the text is a change of this revision. */
  rebase: (revision: number) => void
  forget: () => void
}

const UNTOUCHED = { isBegun: '', yaml: '', revision: '', isLenient: '' }

/** The text of a schema while it is written; what is there until then. */
export function useSchemaDraft(name: string, yaml: string, schema: Schema | undefined): SchemaDraft {
  const [draft, keep, forget, isKept] = useDraft(name, UNTOUCHED)
  const isBegun = draft.isBegun !== ''
  const revision = isBegun ? Number(draft.revision) : (schema?.revision ?? 0)
  const begun = isBegun ? draft : { isBegun: '1', yaml, revision: String(revision), isLenient: '' }
  return {
    yaml: begun.yaml,
    revision,
    isLenient: begun.isLenient !== '',
    isBegun,
    isKept,
    write: (text) => keep({ ...begun, yaml: text }),
    setLenient: (isLenient) => keep({ ...begun, isLenient: isLenient ? '1' : '' }),
    rebase: (next) => keep({ ...begun, revision: String(next) }),
    forget: () => {
      keep(UNTOUCHED)
      forget()
    },
  }
}
