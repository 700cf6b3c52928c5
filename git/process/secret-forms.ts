/** A secret in all its forms. */
export interface Forms {
  /** As they stand, the longest first. */
  readonly exact: readonly string[]
  /** Their letters and digits alone, in lower case: what stays the same however a text is wrapped. */
  readonly spelled: readonly string[]
}

/** Fewer letters than these are found in honest words, too. */
const fewestLetters = 6

/**
 * A secret raw, in base64 at each alignment, URL-encoded, in hexadecimal digits, and each of these backwards: a hook or a
 * program that means to get it past us has all of them at hand.
 */
export function formsOf(secret: string): Forms {
  const backwards = reversed(secret)
  const forward = [secret, backwards].flatMap((text) => [
    text,
    encodeURIComponent(text.toWellFormed()),
    ...base64Forms(text),
    Buffer.from(text, 'utf8').toString('hex'),
    Buffer.from(text, 'utf16le').toString('hex'),
  ])
  const all = [...new Set([...forward, ...forward.map(reversed)])].filter((form) => form !== '')
  const longestFirst = (a: string, b: string) => b.length - a.length
  return {
    exact: all.filter((form) => form.length >= fewestLetters || form === secret).sort(longestFirst),
    spelled: [...new Set(all.map((form) => lettersOf(form).letters))]
      .filter((letters) => letters.length >= fewestLetters)
      .sort(longestFirst),
  }
}

/** Whole, and the inner part that is the same whatever stands around the secret. */
function base64Forms(secret: string): string[] {
  const whole = Buffer.from(secret, 'utf8').toString('base64')
  const user = Buffer.from(`x-access-token:${secret}`, 'utf8').toString('base64')
  const bytes = Buffer.byteLength(secret)
  const inner = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(secret, 'utf8')]).toString('base64')
    return text.slice(before === 0 ? 0 : 4, Math.floor((before + bytes) / 3) * 4)
  })
  const plain = [user, whole, ...inner.filter((form) => form.length >= fewestLetters)]
  const unpadded = [...plain, ...plain.map((form) => form.replace(/=+$/, ''))]
  return [...unpadded, ...unpadded.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

function reversed(text: string): string {
  return [...text].reverse().join('')
}

/** What stands between the letters of one word that was wrapped: git puts `remote: ` before each line of a host's. */
const notLetters = /(?:^|(?<=[\r\n]))remote: |\\x|0x|[^\p{L}\p{N}]/gu

/** The letters and digits of a text in lower case, and where each stood. */
function lettersOf(text: string): { readonly letters: string; readonly at: readonly number[] } {
  let letters = ''
  const at: number[] = []
  const add = (from: number, to: number) => {
    letters += text.slice(from, to).replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
    for (let index = from; index < to; index += 1) at.push(index)
  }
  let end = 0
  for (const { 0: gap, index } of text.matchAll(notLetters)) {
    add(end, index)
    end = index + gap.length
  }
  add(end, text.length)
  return { letters, at }
}

/** Masks what spells one of these, whatever stands between its letters. */
export function maskSpelled(text: string, spelled: readonly string[]): string {
  const { letters, at } = lettersOf(text)
  const found = spelled.flatMap((form) => placesOf(letters, form)).sort((a, b) => a.start - b.start)
  let clean = ''
  let end = 0
  for (const place of found) {
    const from = at[place.start] ?? 0
    if (from >= end) clean += `${text.slice(end, from)}***`
    end = Math.max(end, (at[place.end - 1] ?? 0) + 1)
  }
  return clean + text.slice(end)
}

function placesOf(letters: string, form: string): { readonly start: number; readonly end: number }[] {
  const places = []
  for (let start = letters.indexOf(form); start >= 0; start = letters.indexOf(form, start + form.length))
    places.push({ start, end: start + form.length })
  return places
}
