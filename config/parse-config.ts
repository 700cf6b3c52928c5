import type { Document, LineCounter } from 'yaml'
import { candidateFaults } from './candidate-faults.ts'
import { codeFrame, visible } from './code-frame.ts'
import type { Config } from './config.ts'
import type { Fault } from './fault.ts'
import { generatedFaults } from './generated-faults.ts'
import { lineFaults } from './line-faults.ts'
import type { LocatedFault } from './located-fault.ts'
import { nameFaults } from './name-faults.ts'
import { byPlace, type ConfigProblem, type Range } from './problem.ts'
import { readYaml } from './read-yaml.ts'
import { referenceFaults } from './reference-faults.ts'
import { configSchema } from './schema.ts'
import { schemaFaults } from './schema-faults.ts'
import { findSecrets, maskSpans } from './secrets.ts'
import { findSensitive, type Sensitive } from './sensitive.ts'
import { toConfig } from './settings.ts'
import { type KeyReader, noKeyFiles, signerFaults } from './signer-keys.ts'
import { describeNode, locate, locateNearest, pathText, rangeOf } from './source-map.ts'

export type ParsedConfig =
  | { readonly kind: 'ok'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] }

interface Source {
  readonly file: string
  /** Invariant: no secret stands in it; offsets are those of the original. */
  readonly masked: string
  readonly lines: LineCounter
  readonly document: Document
}

export interface ParseOptions {
  /** Reads the key files that the text names; without it, none can be read. */
  readonly readKey?: KeyReader
}

/** Reads the text of an `undrift.yaml`; reports every mistake at once, in the order of the file. */
export function parseConfig(text: string, file: string, options: ParseOptions = {}): ParsedConfig {
  const { readKey = noKeyFiles } = options
  const { data, problems } = checkText(text, file, (value) => [
    ...documentFaults(value),
    ...signerFaults(value, readKey),
  ])
  if (data && problems.length === 0) {
    return { kind: 'ok', config: toConfig(configSchema.parse(data.value), file, readKey) }
  }
  return { kind: 'invalid', problems }
}

/** Reads YAML and reports every mistake at once, in the order of the file; `data` is null where it is too broken to read. */
export function checkText(
  text: string,
  file: string,
  find: (value: unknown) => readonly LocatedFault[],
): { readonly data: { readonly value: unknown } | null; readonly problems: readonly ConfigProblem[] } {
  const { document, lines, faults: syntax, data } = readYaml(text)
  const sensitive = findSensitive(text, document)
  const source: Source = { file, masked: maskSpans(text, sensitive.hidden), lines, document }
  const faults = data ? find(data.value) : []
  const problems = [
    ...syntax.map((fault) => problem(source, fault)),
    ...faults.map((fault) => faultProblem(fault, source)),
    ...secretProblems(sensitive, faults, source),
  ]
  return { data, problems: problems.sort(byPlace) }
}

function documentFaults(value: unknown): readonly LocatedFault[] {
  return [
    ...schemaFaults(value, configSchema),
    ...[nameFaults, referenceFaults, lineFaults, candidateFaults, generatedFaults].flatMap((find) =>
      find(value),
    ),
  ]
}

function faultProblem(fault: LocatedFault, source: Source): ConfigProblem {
  const exact = locate(source.document, fault.path)
  const place = exact ?? locateNearest(source.document, fault.path)
  const atKey = fault.at === 'key' || !exact
  const found =
    fault.at === 'key' || fault.kind === 'missing' ? null : describeNode(exact?.value, source.masked)
  const word = fault.at === 'key' ? `: \`${String(fault.path.at(-1))}\`` : ''
  return problem(source, {
    ...fault,
    message: `${fault.message}${word}`,
    path: pathText(fault.path),
    found,
    range: rangeOf(atKey ? (place.key ?? place.value) : (place.value ?? place.key)) ?? { start: 0, end: 0 },
  })
}

/** Secrets that no field of the schema has reported already. */
function secretProblems(
  sensitive: Sensitive,
  faults: readonly LocatedFault[],
  source: Source,
): readonly ConfigProblem[] {
  const reported = faults
    .filter((fault) => fault.kind === 'secret')
    .map((fault) => rangeOf(locate(source.document, fault.path)?.value))
  return sensitive.secrets
    .filter((span) => !reported.some((range) => range && range.start <= span.start && span.end <= range.end))
    .map((span) =>
      problem(source, {
        kind: 'secret',
        message: `this looks like ${span.what}`,
        hint: 'Take it out, treat it as leaked, and write `token: env:NAME` instead.',
        range: span,
      }),
    )
}

interface ProblemParts extends Fault {
  readonly path?: string
  readonly found?: string | null
  readonly range: Range
}

function problem(source: Source, parts: ProblemParts): ConfigProblem {
  const { line, col } = source.lines.linePos(parts.range.start)
  const clean = (text: string) => visible(maskSpans(text, findSecrets(text)))
  return {
    kind: parts.kind,
    file: visible(source.file),
    line: Math.max(1, line),
    column: Math.max(1, col),
    path: clean(parts.path ?? ''),
    message: clean(parts.message),
    found: parts.found ? visible(parts.found) : null,
    expected: parts.expected ?? null,
    hint: parts.hint ?? null,
    frame: codeFrame(source.masked, parts.range, Math.max(1, line)),
  }
}
