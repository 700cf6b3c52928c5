export const generatedNote = '<!-- Made by `npm run reference`; change the code, not this page. -->'

/** A Markdown table; cells may hold anything but a line break. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}

export function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}
