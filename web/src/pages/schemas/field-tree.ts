// The fields of a schema as a tree, made of the list that the API gives: each field followed by those within it.
import type { SchemaField } from '../../api/schema'

export interface FieldNode {
  field: SchemaField
  /** Its own name, without the objects that it is in. */
  name: string
  children: FieldNode[]
}

/** Types that have fields within them, in the words of the schema language. */
const CONTAINERS = new Set(['object', 'array', 'ref'])

/** A name may have dots itself, so that only what can hold fields is asked whether it holds the next one. */
export function treeOf(fields: readonly SchemaField[]): FieldNode[] {
  const roots: FieldNode[] = []
  const around: FieldNode[] = []
  for (const field of fields) {
    while (around.length > 0 && !holds(around.at(-1)!.field, field)) around.pop()
    const parent = around.at(-1)
    const name = parent ? field.path.slice(parent.field.path.length).replace(/^(\[\])*\./, '') : field.path
    const node = { field, name, children: [] }
    if (parent) parent.children.push(node)
    else roots.push(node)
    around.push(node)
  }
  return roots
}

function holds(outer: SchemaField, inner: SchemaField): boolean {
  return CONTAINERS.has(outer.type) && inner.path.startsWith(outer.path) && /^(\[\])*\./.test(inner.path.slice(outer.path.length))
}

/** Keeps the fields whose path, description or indicators have all words of the text, and what they are in. */
export function filterTree(nodes: readonly FieldNode[], text: string): FieldNode[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...nodes]
  return nodes.flatMap((node) => {
    if (isWanted(node.field, words)) return [node]
    const children = filterTree(node.children, text)
    return children.length > 0 ? [{ ...node, children }] : []
  })
}

function isWanted({ path, type, description, indicators }: SchemaField, words: readonly string[]): boolean {
  const text = [path, type, description, ...indicators].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

export function countFields(nodes: readonly FieldNode[]): number {
  return nodes.reduce((sum, node) => sum + 1 + countFields(node.children), 0)
}

export interface FieldRow {
  node: FieldNode
  depth: number
}

/** The rows that are to be seen: what is in a closed field is not. */
export function rowsOf(nodes: readonly FieldNode[], closed: ReadonlySet<string>, depth = 0): FieldRow[] {
  return nodes.flatMap((node) => [{ node, depth }, ...(closed.has(node.field.path) ? [] : rowsOf(node.children, closed, depth + 1))])
}
