/** RFC 3339 and what of ISO 8601 is near it; a date alone, too. */
const iso = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s?(Z|z|[+-]\d\d:?\d\d)?)?$/
/** RFC 822 with years of two or four digits, as RSS and HTTP have it. */
const rfc822 =
  /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2}[\s-][A-Za-z]{3,9}[\s-]\d{2,4})\s+\d{1,2}:\d\d(?::\d\d)?(\s+\S+)?$/
/** Before this nobody released by feed: it is the zero of some program's clock. */
const earliest = Date.parse('1980-01-01T00:00:00Z')

/**
 * A stranger's time as ISO 8601 in UTC; null for what is none. `Date.parse` alone finds a year in `release 5`, and reads a
 * time without a zone by that of the machine.
 */
export function readDate(text: string): string | null {
  const time = Date.parse(readable(text.trim()) ?? '')
  return Number.isNaN(time) || time < earliest ? null : new Date(time).toISOString()
}

function readable(text: string): string | null {
  if (text.length > 60) return null
  const [, day, clock, fraction = '0', zone = 'Z'] = iso.exec(text) ?? []
  if (day !== undefined) {
    if (!isDay(day, Number(day.slice(-2)))) return null
    return clock === undefined
      ? day
      : `${day}T${clock}${clock.length === 5 ? ':00' : ''}.${fraction}${zone.toUpperCase()}`
  }
  const old = rfc822.exec(text)
  if (old === null) return null
  const [, date = '', zoned] = old
  if (!isDay(`${date} 00:00 GMT`, Number.parseInt(date, 10))) return null
  return zoned === undefined ? `${text} GMT` : text
}

/** Whether the month has the day: `Date.parse` makes the 2nd of March of a 30th of February. */
function isDay(text: string, day: number): boolean {
  return new Date(text).getUTCDate() === day
}
