const units = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'm', seconds: 60 },
] as const

/** How long ago, or how far ahead, a moment is: `3m ago`, `in 7m`, `just now`. */
export function age(moment: string | null, now: Date): string {
  if (moment === null) return 'never'
  const elapsed = (now.getTime() - Date.parse(moment)) / 1000
  const seconds = Math.round(elapsed)
  if (Number.isNaN(seconds)) return '?'
  if (Math.abs(seconds) < 2) return elapsed < 0 ? 'now' : 'just now'
  return seconds < 0 ? `in ${span(-seconds)}` : `${span(seconds)} ago`
}

/** A length of time in its largest whole unit. */
export function span(seconds: number): string {
  const unit = units.find((candidate) => seconds >= candidate.seconds)
  return unit === undefined ? `${Math.floor(seconds)}s` : `${Math.floor(seconds / unit.seconds)}${unit.name}`
}

/** Milliseconds for a person: `840 ms`, `12.4 s`, `3m 05s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`
}
