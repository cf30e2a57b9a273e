// Writes src/api/types.gen.ts from docs/reference/openapi.json: `npm run types`.
//
// Written by hand since openapi-typescript needs the compiler's API of TypeScript 5, which version 7 has not.
import { readFileSync, writeFileSync } from 'node:fs'

const document = JSON.parse(readFileSync(new URL('../../docs/reference/openapi.json', import.meta.url), 'utf8'))
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

function comment(text, indent) {
  if (!text) return ''
  return `${indent}/** ${text.replace(/\s+/g, ' ').replaceAll('*/', '*\\/').trim()} */\n`
}

function nameOf(ref) {
  return `Schemas['${ref.split('/').pop()}']`
}

function typeOf(schema, indent) {
  if (schema.$ref) return nameOf(schema.$ref)
  const several = schema.oneOf ?? schema.anyOf
  if (several) return several.map((one) => typeOf(one, indent)).join(' | ')
  if (schema.allOf) return schema.allOf.map((one) => `(${typeOf(one, indent)})`).join(' & ')
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(' | ')
  switch (schema.type) {
    case 'null':
      return 'null'
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `Array<${typeOf(schema.items ?? {}, indent)}>`
    case 'object':
      return objectOf(schema, indent)
    default:
      return 'unknown'
  }
}

function objectOf(schema, indent) {
  const inner = `${indent}  `
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const mark = (schema.required ?? []).includes(name) ? '' : '?'
    return `${comment(member.description, inner)}${inner}${JSON.stringify(name)}${mark}: ${typeOf(member, inner)}\n`
  })
  if (members.length === 0) return 'Record<string, unknown>'
  return `{\n${members.join('')}${indent}}`
}

function parametersOf(operation, place) {
  const wanted = (operation.parameters ?? []).filter((parameter) => parameter.in === place)
  if (wanted.length === 0) return undefined
  const members = wanted.map((one) => `${JSON.stringify(one.name)}${one.required ? '' : '?'}: ${typeOf(one.schema, '')}`)
  return `{ ${members.join('; ')} }`
}

function operationOf(operation) {
  const parts = []
  const path = parametersOf(operation, 'path')
  const query = parametersOf(operation, 'query')
  const body = operation.requestBody?.content?.['application/json']?.schema
  if (path) parts.push(`path: ${path}`)
  if (query) parts.push(`query?: ${query}`)
  if (body) parts.push(`body: ${typeOf(body, '')}`)
  const done = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1]
  const answer = done?.content?.['application/json']?.schema
  parts.push(`answer: ${answer ? typeOf(answer, '') : 'undefined'}`)
  return `{ ${parts.join('; ')} }`
}

let text = '// Made by `npm run types` from docs/reference/openapi.json. Not to be edited.\n\n'
text += 'export interface Schemas {\n'
for (const [name, schema] of Object.entries(document.components.schemas)) {
  text += `${comment(schema.description, '  ')}  ${name}: ${typeOf(schema, '  ')}\n`
}
text += '}\n\nexport interface Operations {\n'
for (const method of METHODS) {
  text += `  ${method}: {\n`
  for (const [path, operations] of Object.entries(document.paths)) {
    const operation = operations[method]
    if (operation) text += `${comment(operation.summary, '    ')}    ${JSON.stringify(path.replace(/^\/api\/v1/, ''))}: ${operationOf(operation)}\n`
  }
  text += '  }\n'
}
text += '}\n'
writeFileSync(new URL('../src/api/types.gen.ts', import.meta.url), text)
