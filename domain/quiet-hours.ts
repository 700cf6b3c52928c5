/**
 * Hours in which nothing starts, by the clock on the wall of a zone. `from` after `to` goes on past midnight and belongs
 * to the day on which it begins.
 */
export interface QuietHours {
  /** The days on which it begins, in rising order: 0 is Sunday, 6 is Saturday. */
  readonly days: readonly number[]
  /** Minutes since midnight: 0 to 1439. */
  readonly from: number
  /** Minutes since midnight, itself no longer quiet: 1 to 1440. */
  readonly to: number
  /** As the IANA time zone database names it. */
  readonly zone: string
}

export const quietHoursForm = 'DAYS FROM-TO ZONE, such as `Mon-Fri 08:00-18:00 Europe/Berlin`'

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const wholeDay = 24 * 60

/**
 * Reads `Mon-Fri 08:00-18:00 Europe/Berlin`, `22:00-06:00` or `Sat,Sun`: without days every day, without hours the whole
 * day, without a zone UTC. Null for anything else; quietHoursProblem says why.
 */
export function parseQuietHours(text: string): QuietHours | null {
  const read = readQuietHours(text)
  return typeof read === 'string' ? null : read
}

/** What is wrong with quiet hours, as a clause that does not repeat them; null for nothing. */
export function quietHoursProblem(text: string): string | null {
  const read = readQuietHours(text)
  return typeof read === 'string' ? read : null
}

/** Quiet hours as a person writes them; what parseQuietHours reads as the same. */
export function describeQuietHours({ days, from, to, zone }: QuietHours): string {
  const parts = [
    days.length === 7 ? '' : describeDays(days),
    from === 0 && to === wholeDay && days.length < 7 ? '' : `${clock(from)}-${clock(to)}`,
    zone === 'UTC' ? '' : zone,
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** The hours, or what is wrong with the text. */
function readQuietHours(text: string): QuietHours | string {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const first = words[0] ?? ''
  const hasDays = /^[a-z]/i.test(first) && !isZone(first)
  const days = hasDays ? readDays(words.shift() ?? '') : [0, 1, 2, 3, 4, 5, 6]
  if (typeof days === 'string') return days
  const hasHours = /^\d/.test(words[0] ?? '')
  const hours = hasHours ? readHours(words.shift() ?? '') : { from: 0, to: wholeDay }
  if (typeof hours === 'string') return hours
  if (!hasDays && !hasHours) return 'they name neither days nor hours'
  const zone = words.shift() ?? 'UTC'
  if (words.length > 0) return 'there is too much behind the hours'
  if (!isZone(zone)) return 'the zone is none that the time zone database has'
  return { days, ...hours, zone }
}

/** `Mon-Fri`, `Sat,Sun` or both with a comma; a range may go past Saturday. */
function readDays(word: string): readonly number[] | string {
  const found = new Set<number>()
  for (const part of word.split(',')) {
    const [first = -1, last = first, ...more] = part.split('-').map(dayOf)
    if (first < 0 || last < 0 || more.length > 0) return `the days are: ${dayNames.join(', ')}`
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day)
      if (day === last) break
    }
  }
  return [...found].sort()
}

function dayOf(word: string): number {
  return dayNames.findIndex((name) => name.toLowerCase() === word.toLowerCase())
}

function readHours(word: string): { readonly from: number; readonly to: number } | string {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(word)
  if (match === null) return 'the hours are not HH:MM-HH:MM'
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = match.slice(1).map(Number)
  const from = fromHour * 60 + fromMinute
  const to = toHour * 60 + toMinute
  if (fromMinute > 59 || toMinute > 59 || from >= wholeDay || to > wholeDay)
    return 'there is no such time of day'
  if (from === to) return 'they end when they begin; a whole day is 00:00-24:00'
  // Midnight as an end is the end of that day, not the beginning of the next one.
  return { from, to: to === 0 ? wholeDay : to }
}

/** Whether the runtime's own copy of the time zone database has it. */
function isZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The days from Monday on, with those that follow one another as a range. */
function describeDays(days: readonly number[]): string {
  const week = [1, 2, 3, 4, 5, 6, 0]
  const runs: number[][] = []
  for (const [place, day] of week.entries()) {
    if (!days.includes(day)) continue
    const before = place > 0 && days.includes(week[place - 1] ?? -1)
    if (before) runs.at(-1)?.push(day)
    else runs.push([day])
  }
  const name = (day: number | undefined) => dayNames[day ?? 0]
  return runs
    .map((run) => (run.length > 2 ? `${name(run[0])}-${name(run.at(-1))}` : run.map(name).join(',')))
    .join(',')
}

function clock(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
