/**
 * Text that somebody else wrote (a check's output, a remote's words, a subject), made harmless for whoever prints it: a
 * terminal obeys escape sequences, an editor shows a line backwards, and a CI service takes lines for commands.
 */

/** Escape sequences of a terminal, in 7 and in 8 bits. Source: ECMA-48. */
const escapes =
  /(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g
const lineEnds = /\r\n|[\n\r\u0085\u2028\u2029]/
/** What has no width of its own, or turns the order of what stands around it. */
const invisible = /\p{Cf}|[\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0e]|[\u{e0000}-\u{e0fff}]/gu
/** What GitHub's runners, those of Azure and TeamCity look for; the first at the beginning of a line, the others anywhere. */
const commandAtStart = /^(?=\s*::)/
const commandAnywhere = /##(?=\[|\w+\[)/g

/** One line of text: no control characters, nothing invisible, no command. Keeps its indentation and its tabs. */
export function harmlessLine(text: string): string {
  const visible = text
    .replaceAll(escapes, '')
    .replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replaceAll(invisible, named)
  const broken = visible.replaceAll(commandAnywhere, '# #').replace(commandAtStart, '| ')
  // In the words of a command these are the end of a line.
  return broken === visible ? visible : broken.replaceAll(/%(?=0[AD])/gi, '%25')
}

/** Several lines of it. */
export function harmlessText(text: string): string {
  return text
    .replaceAll(escapes, '')
    .split(lineEnds)
    .map((line) => harmlessLine(line))
    .join('\n')
}

/** JSON that says the same and holds neither commands nor anything invisible. */
export function harmlessJson(json: string): string {
  return json.replaceAll('##', '#\\u0023').replaceAll(invisible, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
    }).join(''),
  )
}

function named(character: string): string {
  // The joiner of emoji, and what chooses their look, stand among them; a person loses nothing by its name.
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`
}
