import { type DragEvent, type ReactNode, type Ref, useImperativeHandle, useRef, useState } from 'react'
import { formatBytes, formatCounted } from '../../format'
import { Field } from '../../ui/field'
import { Select, TextArea, TextInput } from '../../ui/input'
import { SAMPLES_BYTES_MAX, STREAM_TYPES, type SampleSet, byteCount, headOf, lineCount, lineSpan } from './samples'

export interface SamplesHandle {
  focus: () => void
  /** Selects a line. */
  goTo: (line: number) => void
}

interface SamplesPaneProps {
  samples: SampleSet
  onChange: (samples: SampleSet) => void
  error?: string | undefined
  handle?: Ref<SamplesHandle>
  /** What can be done with them. */
  children: ReactNode
}

const LINE_PX = 18

/** Records to try: pasted, typed, or from a file. */
export function SamplesPane({ samples, onChange, error, handle, children }: SamplesPaneProps) {
  const box = useRef<HTMLTextAreaElement>(null)
  const [fileProblem, setFileProblem] = useState<string>()
  const [isOver, setIsOver] = useState(false)
  useImperativeHandle(handle, () => ({
    focus: () => box.current?.focus(),
    goTo: (line) => {
      const area = box.current
      if (!area) return
      const { from, to } = lineSpan(samples.text, line)
      area.focus()
      area.setSelectionRange(from, to)
      // Browsers do not scroll to a selection that they are given.
      area.scrollTop = Math.max(0, (line - 3) * LINE_PX)
    },
  }))

  const change = (next: Partial<SampleSet>) => {
    setFileProblem(undefined)
    onChange({ ...samples, ...next })
  }
  const take = async (file: File | undefined) => {
    if (!file) return
    const head = headOf(new Uint8Array(await file.slice(0, SAMPLES_BYTES_MAX).arrayBuffer()), file.size)
    if (!head) return setFileProblem(`${file.name} is not text in lines: it may be compressed, or one document of ${formatBytes(file.size)}. Take a part of it.`)
    const cut = head.isCut ? `: its first ${formatBytes(byteCount(head.text))} of ${formatBytes(file.size)}` : ''
    change({ text: head.text, origin: `From ${file.name}${cut}` })
  }
  const choose = async (input: HTMLInputElement) => {
    await take(input.files?.[0])
    // The same file, chosen again, is read again.
    input.value = ''
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    void take(event.dataTransfer.files[0])
  }

  const count = samples.text === '' ? '' : `${formatCounted(lineCount(samples.text), 'line')}, ${formatBytes(byteCount(samples.text))}`
  return (
    <section
      className="card samples"
      aria-labelledby="samples-title"
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <div className="section-head">
        <h2 id="samples-title">Samples</h2>
        <span className="meta" role="status">
          {[count, samples.origin].filter(Boolean).join(' · ')}
        </span>
      </div>
      <Field
        label="Records"
        error={error ?? fileProblem}
        hint="Paste them, or drop a file here. They stay in this page and go to the server only to be tried: nobody stores them, and a reload forgets them."
      >
        {(control) => (
          <TextArea {...control} ref={box} isMono wrap="off" spellCheck={false} value={samples.text} onChange={(text) => change({ text, origin: '' })} />
        )}
      </Field>
      <div className="toolbar">
        <label className="button file-button">
          Choose a file…
          <input type="file" className="visually-hidden" onChange={(event) => void choose(event.target)} />
        </label>
        <Select aria-label="They are" value={samples.streamType} options={STREAM_TYPES} onChange={(streamType) => change({ streamType })} />
        {samples.streamType === 'JsonArray' && (
          <TextInput aria-label="Path of the array" placeholder="path.to.array" isMono value={samples.arrayPath} onChange={(arrayPath) => change({ arrayPath })} />
        )}
      </div>
      <div className="form-actions">{children}</div>
    </section>
  )
}
