const mostProblems = 20

/** A stranger's text on one line: short, and without characters that a terminal obeys. */
export function plainText(text: string, longest: number): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\s]+/gu, ' ').trim()
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain
}

/** The first problems, and how many more there are. */
export function shortProblems(problems: readonly string[]): readonly string[] {
  const more = problems.length - mostProblems
  return more > 0 ? [...problems.slice(0, mostProblems), `${more} more entries are like this.`] : problems
}
