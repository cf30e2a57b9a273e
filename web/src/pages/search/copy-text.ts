import { toast } from '../../ui/toast'

/** Puts a text into the clipboard and says so: nothing on the screen shows it. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(`Copied the ${what}`)
  } catch {
    // Browsers give the clipboard to secure pages only.
    toast(`This browser does not let the console copy. Open it over https or on this machine.`)
  }
}
