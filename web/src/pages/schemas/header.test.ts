import { describe, expect, it } from 'vitest'
import { readHeader, writeHeader } from './header'

const YAML = `# Made by hand.
schema: Custom.Portal
version: 0
fields:
  - name: description
    description: of a field
    type: string
`

describe('read', () => {
  it('sees plain and quoted values, without comments', () => {
    expect(readHeader(YAML, 'schema')).toBe('Custom.Portal')
    expect(readHeader('schema: Custom.A # draft', 'schema')).toBe('Custom.A')
    expect(readHeader('description: "a: \\"b\\" # c" # d', 'description')).toBe('a: "b" # c')
    expect(readHeader("description: 'it''s'", 'description')).toBe("it's")
  })

  it('does not mistake what is within for a key at the top', () => {
    expect(readHeader(YAML, 'description')).toBe('')
    expect(readHeader('schemas: x', 'schema')).toBe('')
  })

  it('says when one line cannot show it', () => {
    expect(readHeader('description: |\n  two\n  lines', 'description')).toBeUndefined()
    expect(readHeader('description: one\n  and on', 'description')).toBeUndefined()
    expect(readHeader('description: "\\x41"', 'description')).toBeUndefined()
    expect(readHeader('description: >-', 'description')).toBeUndefined()
  })
})

describe('write', () => {
  it('changes the one line', () => {
    expect(writeHeader(YAML, 'schema', 'Custom.Gate')).toBe(YAML.replace('Custom.Portal', 'Custom.Gate'))
  })

  it('puts a new key after the name', () => {
    expect(writeHeader(YAML, 'referenceURL', 'https://example.com/a')).toBe(
      YAML.replace('Custom.Portal\n', 'Custom.Portal\nreferenceURL: "https://example.com/a"\n'),
    )
    expect(writeHeader('# hello\nfields:\n', 'schema', 'Custom.A')).toBe('# hello\nschema: Custom.A\nfields:\n')
  })

  it('takes an empty one out', () => {
    expect(writeHeader('schema: Custom.A\ndescription: x\nfields:\n', 'description', '')).toBe('schema: Custom.A\nfields:\n')
    expect(writeHeader(YAML, 'description', '')).toBe(YAML)
  })

  it.each(['plain words', 'a: b', '# x', '"quoted"', "it's", 'true', '- x', 'ends \\', 'ünï', '12'])('reads back %s', (value) => {
    expect(readHeader(writeHeader(YAML, 'description', value), 'description')).toBe(value)
  })
})
