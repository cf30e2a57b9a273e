// Runs before the first paint, so that a dark theme does not flash white. An external file: the CSP takes no inline script.
;(() => {
  let chosen = null
  let density = null
  try {
    chosen = localStorage.getItem('margay.theme')
    density = localStorage.getItem('margay.density')
  } catch {
    // Storage is switched off: the system's theme it is.
  }
  const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
  if (density === 'compact') document.documentElement.dataset.density = 'compact'
})()
