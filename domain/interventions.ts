import type { DecisionName, Intervention, InterventionOption, Need } from './attempt.ts'

/** What the commands of an intervention need to name. */
export interface InterventionPlace {
  readonly attempt: string
  /** The data folder, when it is not the default one. */
  readonly data: string | null
  /** The Temporal server's address, when it is not the default one. */
  readonly address: string | null
}

/** What to do with a candidate that is there. */
export function promoteHint(place: InterventionPlace): string {
  return `Move the maintained branch to it with \`undrift promote${dataOption(place)} ${quote(place.attempt)}\`.`
}

/** Which answers are possible, and in which order they are offered. */
const answers: Readonly<Record<Need, readonly DecisionName[]>> = {
  conflict: ['resume', 'retry', 'skip', 'abort'],
  'checks-red': ['retry', 'resume', 'skip', 'abort'],
  approval: ['approve', 'retry', 'skip', 'abort'],
  'push-refused': ['retry', 'skip', 'abort'],
  'candidate-moved': ['retry', 'skip', 'abort'],
  'branch-moved': ['resume', 'skip', 'abort'],
  credentials: ['retry', 'skip', 'abort'],
  'tag-moved': ['skip', 'abort'],
  'sandbox-missing': ['retry', 'skip', 'abort'],
  'suspect-merge': ['approve', 'resume', 'skip', 'abort'],
  'step-failed': ['retry', 'resume', 'skip', 'abort'],
}

const effects: Readonly<Record<DecisionName, string>> = {
  resume: 'look at the fork again and replay the stack with what was settled',
  retry: 'do the step that stopped once more',
  skip: 'leave this release out; the outcome is `skipped`',
  abort: 'give the attempt up; the outcome is `failed`',
  approve: 'push the candidate',
}

/** Builds the question that an attempt waits on, with the answers that are possible and their commands. */
export function intervention(
  kind: Need,
  question: string,
  options: { readonly place: InterventionPlace; readonly evidence: readonly string[] },
): Intervention {
  return {
    kind,
    question,
    evidence: limited(options.evidence),
    options: answers[kind].map((name) => option(name, kind, options.place)),
  }
}

/** The answers that are possible for a need. */
export function possibleAnswers(kind: Need): readonly DecisionName[] {
  return answers[kind]
}

function option(name: DecisionName, kind: Need, place: InterventionPlace): InterventionOption {
  const attempt = quote(place.attempt)
  const data = dataOption(place)
  const address = place.address === null ? '' : ` --address ${place.address}`
  const signal = `temporal workflow signal${address} --workflow-id ${attempt} --name ${name}`
  if (name === 'resume' && kind === 'conflict') {
    return {
      name,
      effect: 'settle the conflict in a work tree, then replay the rest of the stack',
      commands: [`undrift resolve${data} ${attempt}`, `undrift resolve${data} ${attempt} --continue`, signal],
    }
  }
  const effect =
    name === 'approve' && kind === 'suspect-merge'
      ? 'take the replayed stack as it is, and check it'
      : effects[name]
  return { name, effect, commands: [`undrift ${name}${data} ${attempt}`, signal] }
}

function dataOption({ data }: InterventionPlace): string {
  return data === null ? '' : ` --data ${quote(data)}`
}

/** Keeps evidence below 4 KB in all, so that it fits into every view of it. */
function limited(lines: readonly string[]): readonly string[] {
  const kept: string[] = []
  let left = 4096
  for (const line of lines) {
    if (line.length > left) {
      kept.push('…')
      break
    }
    kept.push(line)
    left -= line.length
  }
  return kept
}

/** Quotes a word for a POSIX shell where it needs it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
