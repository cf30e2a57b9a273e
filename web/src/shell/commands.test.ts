import { expect, it } from 'vitest'
import { type Command, matching } from './commands'

const command = (label: string, isHidden?: boolean): Command => ({ id: label, label, group: '', run: () => undefined, ...(isHidden && { isHidden }) })
const COMMANDS = [command('Log Sources'), command('Alert Destinations'), command('Times in Europe/Berlin', true)]

it.each([
  ['', ['Log Sources', 'Alert Destinations']],
  ['sou', ['Log Sources']],
  ['SOURCES log', ['Log Sources']],
  ['ources', []],
  ['berlin', ['Times in Europe/Berlin']],
])('%s finds %j', (text, expected) => {
  expect(matching(COMMANDS, text).map(({ label }) => label)).toEqual(expected)
})
