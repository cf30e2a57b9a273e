import { Time } from '../../../ui/time'

/** Both ends of a span of event time, one below the other. */
export function TimeSpan({ from, to }: { from: string; to: string }) {
  return (
    <>
      <Time at={from} form="absolute" />
      <br />
      <span className="visually-hidden">to </span>
      <Time at={to} form="absolute" />
    </>
  )
}
