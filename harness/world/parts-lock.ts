import type { Change } from './change.ts'

/** The generated file of the project, and the command that makes it from nothing but the other files. */
export const partsLock = { path: 'parts.lock', command: 'sh lock.sh' } as const

const script = `#!/bin/sh
# Purpose: lists every part in parts.lock.
set -eu
cd -- "$(dirname -- "$0")"
. lib/version.sh
printf 'version: %s\\nparts: %s\\n' "$version" "$(ls lib | tr '\\n' ' ')" > parts.lock
`

const test = `expect "$(ls lib | tr '\\n' ' ')" "$(sed -n 's/^parts: //p' parts.lock)"
expect "tally $(sed -n 's/^version: //p' parts.lock) (fork)" "$(tally --version)"
`

const firstParts = ['count', 'format', 'limits', 'options', 'version']

/** What upstream's own list says in a release; every release has one more part. */
function upstreamParts(version: string): readonly string[] {
  const minor = Number(version.split('.')[1])
  return [...firstParts, ...Array.from({ length: minor }, (_, index) => `extra-${index + 1}`)]
}

function listOf(version: string, parts: readonly string[]): string {
  const names = parts.map((part) => `${part}.sh `).toSorted()
  return `version: ${version}\nparts: ${names.join('')}\n`
}

/** Upstream adds a part and lists it: whoever lists a part of their own meets that in the same line. */
export function listedPart(version: string): Change {
  const parts = upstreamParts(version)
  return {
    subject: `List the parts of ${version}`,
    files: {
      [`lib/${parts.at(-1)}.sh`]: `# Purpose: new in ${version}.\n`,
      'lock.sh': script,
      [partsLock.path]: listOf(version, parts),
    },
  }
}

/** The fork's list beside upstream's. */
export function forkList(version: string): string {
  return listOf(version, [...upstreamParts(version), 'json'])
}

/** The fork lists its own part, and has that checked. */
export function listOurPart(version: string): Change {
  return {
    subject: 'List our part',
    files: { [partsLock.path]: forkList(version), 'tests/lock.sh': test },
  }
}
