// A picture of which one thing at a time is read out: to assistive technology it is a slider, whose value is that thing in words.
import type { FocusEvent } from 'react'

interface Readout {
  titleId: string
  count: number
  /** Which one is read out; undefined while nobody is there. */
  current: number | undefined
  /** The one that is current, or the last one, in words. */
  text: string | undefined
  onShow: (index: number) => void
}

/** What makes an element such a slider. With the keyboard it begins at the last one: the newest. */
export function sliderProps({ titleId, count, current, text, onShow }: Readout) {
  const last = count - 1
  return {
    role: 'slider',
    tabIndex: 0,
    'aria-labelledby': titleId,
    'aria-valuemin': 0,
    'aria-valuemax': last,
    'aria-valuenow': current ?? last,
    'aria-valuetext': text,
    'aria-orientation': 'horizontal',
    onFocus: (event: FocusEvent) => {
      if (event.currentTarget.matches(':focus-visible')) onShow(current ?? last)
    },
  } as const
}

const PAGE = 10

/** Where a key leads to among `count` things, or undefined if it is none that moves. */
export function keyTarget(key: string, index: number, count: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    PageUp: index - PAGE,
    PageDown: index + PAGE,
    Home: 0,
    End: count - 1,
  }
  const target = targets[key]
  return target === undefined ? undefined : Math.min(count - 1, Math.max(0, target))
}
