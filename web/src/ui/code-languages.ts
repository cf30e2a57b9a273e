import { yaml } from '@codemirror/lang-yaml'
import type { LanguageSupport } from '@codemirror/language'
import type { CodeLanguage } from './code-editor'
import { sqlLanguage } from './code-sql'

export const languages: Record<CodeLanguage, () => LanguageSupport> = {
  yaml: () => yaml(),
  sql: sqlLanguage,
}
