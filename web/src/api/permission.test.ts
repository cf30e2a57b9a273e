import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PERMISSION_GROUPS, ROLES, groupsOf, has, isChange, roleLabel, rolesWith, wordsOf } from './permission'

const API = JSON.parse(readFileSync(new URL('../../../docs/reference/openapi.json', import.meta.url), 'utf8')) as {
  components: { schemas: Record<string, { enum?: string[] }> }
}
const ALL = PERMISSION_GROUPS.flatMap(({ permissions }) => permissions)

describe('permissions', () => {
  it('are those of the API, each with its words', () => {
    const names = ALL.map(({ name }) => name)
    expect(names.toSorted()).toEqual(API.components.schemas.Permission?.enum?.toSorted())
  })

  it('that let change something are named so', () => {
    expect(ALL.filter(({ name }) => isChange(name) !== name.endsWith('Modify'))).toEqual([])
  })

  it('are grouped; one that is not known goes by its name', () => {
    expect(groupsOf(['AlertRead', 'RuleRead'])).toEqual([
      { label: 'Alerts', permissions: [{ name: 'AlertRead', does: 'look at alerts and deliveries' }] },
      { label: 'Other', permissions: [{ name: 'RuleRead', does: 'RuleRead' }] },
    ])
    expect(wordsOf('RuleRead')).toBe('RuleRead')
    expect(isChange('RuleRead')).toBe(true)
  })
})

describe('roles', () => {
  it('are those of the API', () => {
    expect(ROLES.map(({ name }) => name)).toEqual(API.components.schemas.Role?.enum)
  })

  it.each([
    ['UserRead', ['Admin']],
    ['LogSourceModify', ['Admin', 'Analyst']],
    ['AuditLogRead', ['Admin', 'Analyst', 'Analyst, read only']],
    ['RuleRead', []],
  ])('%s is had by %j', (name, expected) => {
    expect(rolesWith(name)).toEqual(expected)
  })

  it('with less have nothing that those with more have not', () => {
    for (const permission of ALL) {
      expect(Number(has('AnalystReadOnly', permission))).toBeLessThanOrEqual(Number(has('Analyst', permission)))
    }
    expect(roleLabel('Custom')).toBe('Custom')
  })
})
