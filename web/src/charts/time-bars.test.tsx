// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import type { Span } from '../time/range'
import { TooltipProvider } from '../ui/tooltip'
import { TimeBars } from './time-bars'

afterEach(cleanup)

const AT = ['10:00', '11:00', '12:00'].map((time) => new Date(`2026-11-26T${time}:00Z`))

function show(onZoom?: (span: Span) => void): HTMLElement {
  render(
    <TooltipProvider>
      <TimeBars
        title="Events"
        at={AT}
        stepMinutes={60}
        format={String}
        series={[
          { label: 'Asana.Audit', color: '1', values: [1, 0, 3] },
          { label: 'Failures', color: 'danger', values: [0, 0, 2] },
        ]}
        {...(onZoom && { onZoom })}
      />
    </TooltipProvider>,
  )
  return screen.getByRole('slider', { name: 'Events' })
}

const spoken = (slider: HTMLElement) => slider.getAttribute('aria-valuetext')

it('speaks a bar at a time', () => {
  const slider = show()
  expect(spoken(slider)).toBe('2026-11-26 12:00 UTC: Asana.Audit 3, Failures 2')
  fireEvent.keyDown(slider, { key: 'ArrowLeft' })
  expect(spoken(slider)).toBe('2026-11-26 11:00 UTC: Asana.Audit 0, Failures 0')
  fireEvent.keyDown(slider, { key: 'Home' })
  expect(spoken(slider)).toBe('2026-11-26 10:00 UTC: Asana.Audit 1, Failures 0')
})

it('zooms by keyboard into what was chosen', () => {
  const onZoom = vi.fn<(span: Span) => void>()
  const slider = show(onZoom)
  fireEvent.keyDown(slider, { key: 'End' })
  fireEvent.keyDown(slider, { key: 'ArrowLeft', shiftKey: true })
  fireEvent.keyDown(slider, { key: 'Enter' })
  expect(onZoom).toHaveBeenCalledWith({ from: AT[1], to: new Date('2026-11-26T13:00:00Z') })
})

it('says the same as a table, without the empty rows', () => {
  show()
  fireEvent.click(screen.getByRole('button', { name: 'Table' }))
  const rows = screen.getAllByRole('row').map((row) => row.textContent)
  expect(rows).toEqual(['From (UTC)Asana.AuditFailures', '2026-11-26 10:0010', '2026-11-26 12:0032'])
})
