import { CodeEditor } from '../../ui/code-editor'
import { CopyButton } from '../../ui/copy'
import { COMMAND_KEY } from '../../ui/key'

/** The text of a schema, to read and copy. */
export function YamlView({ name, yaml }: { name: string; yaml: string }) {
  return (
    <section className="section" aria-labelledby="yaml-title">
      <div className="section-head">
        <h2 id="yaml-title">YAML</h2>
        <CopyButton text={yaml} what="YAML" />
        <span className="meta">{COMMAND_KEY} F within the text searches it.</span>
      </div>
      <CodeEditor label={`YAML of ${name}`} value={yaml} language="yaml" />
    </section>
  )
}
