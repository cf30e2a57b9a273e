import { yaml } from '@codemirror/lang-yaml'
import type { LanguageSupport } from '@codemirror/language'
import type { CodeLanguage } from './code-editor'

export const languages: Record<CodeLanguage, () => LanguageSupport> = {
  yaml: () => yaml(),
}
