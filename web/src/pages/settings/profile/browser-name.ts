// Browsers by what they call themselves. Only a hint for people: anybody can call themselves anything.

/** The first that fits counts: all of them pass for older ones too. */
const BROWSERS: ReadonlyArray<[RegExp, string]> = [
  [/\bEdgA?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bFirefox\/(\d+)/, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).*\bSafari\//, 'Safari'],
]

const SYSTEMS: ReadonlyArray<[RegExp, string]> = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** `Firefox 145 on Linux`, or what it calls itself. */
export function browserName(agent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))
  if (!browser) return agent || 'Unknown browser'
  const [pattern, name] = browser
  const version = pattern.exec(agent)?.[1]
  const system = SYSTEMS.find(([known]) => known.test(agent))?.[1]
  return [name, version, system && `on ${system}`].filter(Boolean).join(' ')
}
