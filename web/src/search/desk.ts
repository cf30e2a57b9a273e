// The server works on two queries of an asker at once. Here they wait for their turn: rows before bars, bars before what was unfolded.

/** The server's own limit (`too_many_at_work` beyond). */
const AT_WORK_MAX = 2

export type Urgency = 'rows' | 'event' | 'bars' | 'values'
const ORDER: readonly Urgency[] = ['rows', 'event', 'bars', 'values']

interface Waiting {
  urgency: Urgency
  go: () => void
}

export class Desk {
  private atWork = 0
  private waiting: Waiting[] = []

  constructor(private readonly most = AT_WORK_MAX) {}

  /** Waits for a place; returns how to give it back. Rejects when the signal is aborted meanwhile. */
  take(urgency: Urgency, signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const one: Waiting = {
        urgency,
        go: () => {
          signal.removeEventListener('abort', leave)
          this.atWork += 1
          resolve(this.once(() => this.giveBack()))
        },
      }
      const leave = () => {
        this.waiting = this.waiting.filter((other) => other !== one)
        reject(signal.reason as Error)
      }
      if (signal.aborted) return leave()
      signal.addEventListener('abort', leave, { once: true })
      this.waiting.push(one)
      this.next()
    })
  }

  private giveBack(): void {
    this.atWork -= 1
    this.next()
  }

  private next(): void {
    if (this.atWork >= this.most || this.waiting.length === 0) return
    const rank = ({ urgency }: Waiting) => ORDER.indexOf(urgency)
    const first = this.waiting.reduce((best, one) => (rank(one) < rank(best) ? one : best))
    this.waiting = this.waiting.filter((one) => one !== first)
    first.go()
  }

  private once(act: () => void): () => void {
    let isDone = false
    return () => {
      if (isDone) return
      isDone = true
      act()
    }
  }
}

/** Everything that this console asks goes over one desk. */
export const desk = new Desk()
