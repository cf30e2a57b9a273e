const WIDTH = 96
const HEIGHT = 24
const GAP = 1

/** Small bars within a row; the numbers beside them say the same. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const highest = Math.max(...values, 1)
  const step = WIDTH / Math.max(values.length, 1)
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(2, (value / highest) * HEIGHT)
        const series = value === 0 ? 'series-other' : 'series-1'
        return <rect key={index} className={series} x={index * step} y={HEIGHT - height} width={Math.max(step - GAP, 1)} height={height} />
      })}
    </svg>
  )
}
