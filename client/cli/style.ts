import { styleText } from 'node:util'

const formats = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan', 'magenta'] as const

/** Colours by name; each is a plain pass-through where colours are off. */
export type Style = Readonly<Record<(typeof formats)[number], (text: string) => string>>

/** Colours that are on or off, whatever the process's own streams are. */
export function makeStyle(enabled: boolean): Style {
  const entries = formats.map((format) => [
    format,
    (text: string) => (enabled ? styleText(format, text, { validateStream: false }) : text),
  ])
  return Object.fromEntries(entries) as Style
}

/** No colours: for tests and for text that goes into JSON. */
export const plain: Style = makeStyle(false)
