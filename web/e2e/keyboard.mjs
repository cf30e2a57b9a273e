// The page as somebody without a pointer walks it.
import assert from 'node:assert/strict'

const TABS_MAX = 120

/** @typedef {'link' | 'button' | 'textbox' | 'checkbox' | 'radio' | 'slider'} Role */

/**
 * Presses Tab until what is wanted has the focus, any of it; everything that has the focus on the way has to be in view, with an outline.
 *
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} wanted
 */
export async function tabTo(page, wanted) {
  await wanted.first().waitFor()
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    if (await wanted.evaluateAll((elements) => elements.some((element) => element === document.activeElement))) return
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(unseenFocus), null, 'what has the focus is seen')
  }
  assert.fail(`no ${wanted} within ${TABS_MAX} tabs`)
}

/**
 * The first control of that name.
 *
 * @param {import('playwright-core').Page} page
 * @param {Role} role
 * @param {string} label
 */
export async function tabToNamed(page, role, label) {
  await tabTo(page, page.getByRole(role, { name: label, exact: true }).first())
}

/**
 * Presses `g` and another key, which lead to a page of the console. Not before a dialog or menu that closes has given the focus back:
 * within it letters are letters.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} key
 */
export async function goTo(page, key) {
  await page.waitForFunction(() => !document.activeElement?.closest('[role=dialog], [role=menu]'))
  await page.keyboard.press('g')
  await page.keyboard.press(key)
}

/** What has the focus, if it cannot be seen; in the page. */
function unseenFocus() {
  const element = document.activeElement
  if (!element || element === document.body || element.hasAttribute('data-base-ui-focus-guard')) return null
  const { left, top, width, height } = element.getBoundingClientRect()
  const isInView = width > 0 && height > 0 && left + width > 0 && top + height > 0 && left < innerWidth && top < innerHeight
  // A hidden file input shows its focus on its label, an editor on its frame.
  const shows = element.closest('.file-button, .code') ?? element
  const hasOutline = getComputedStyle(shows).outlineStyle !== 'none'
  return isInView && hasOutline ? null : `${isInView ? 'without an outline' : 'out of view'}: ${element.outerHTML.slice(0, 160)}`
}
