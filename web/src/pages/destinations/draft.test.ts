import { describe, expect, it } from 'vitest'
import type { Destination } from '../../api/destination'
import { draftErrors, draftOf, formOf, newDraft } from './draft'
import { type Kind, kindOf } from './kinds'
import { hears } from './routing'

const email = kindOf('email') as Kind
const slack = kindOf('slack_webhook') as Kind

const STORED: Destination = {
  id: '1',
  name: 'Mail',
  kind: 'email',
  enabled: true,
  hasSecret: false,
  settings: { host: 'smtp.example.com', port: 465, security: 'tls', from: 'a@example.com', to: ['b@example.com', 'c@example.com'] },
  severities: ['CRITICAL'],
  alertTypes: [],
  createdAt: '2026-11-26T12:00:00Z',
  updatedAt: '2026-11-26T12:00:00Z',
}

describe('a draft', () => {
  it('says the same as what is stored, if nothing is changed', () => {
    expect(formOf(draftOf(STORED, email), email)).toEqual({
      name: 'Mail',
      kind: 'email',
      enabled: true,
      settings: STORED.settings,
      severities: ['CRITICAL'],
      alertTypes: [],
    })
  })

  it('sends no secret unless one was typed', () => {
    expect(formOf({ ...newDraft(slack), name: 'a', secret: 'https://hooks.slack.com/x' }, slack)).toHaveProperty('secret')
    expect(formOf({ ...newDraft(slack), name: 'a' }, slack)).not.toHaveProperty('secret')
  })

  it('needs a secret where none is stored', () => {
    expect(draftErrors({ ...newDraft(slack), name: 'a' }, slack, false)).toEqual({ secret: 'Paste Webhook URL.' })
    expect(draftErrors({ ...newDraft(slack), name: 'a' }, slack, true)).toEqual({})
  })

  it('needs at least one severity: an empty list would be all of them', () => {
    expect(draftErrors({ ...draftOf(STORED, email), severities: [] }, email, false)).toHaveProperty('severities')
  })
})

it('hears what it takes', () => {
  expect(hears(STORED, 'SYSTEM_ERROR', 'CRITICAL')).toBe(true)
  expect(hears(STORED, 'SYSTEM_ERROR', 'LOW')).toBe(false)
  expect(hears({ ...STORED, enabled: false }, 'SYSTEM_ERROR', 'CRITICAL')).toBe(false)
})
