import type { Change } from './change.ts'
import { listedPart } from './parts-lock.ts'
import { swap } from './project.ts'

/** What upstream may do in a release of the rehearsal, by what it does to the fork. */
export type ReleaseKind = 'clean' | 'small' | 'conflicting' | 'red-checks' | 'landed-with-changes' | 'listed'

/** The upstream commits of a release of this kind. */
export function releaseChanges(kind: ReleaseKind, version: string): readonly Change[] {
  switch (kind) {
    case 'clean':
      return [countCharacters, announce(version)]
    case 'small':
      return [announce(version)]
    case 'conflicting':
      return [lowerTheLimit, announce(version)]
    case 'landed-with-changes':
      return [takeTheDefaultFile, announce(version)]
    case 'red-checks':
      return [demandPurposes, announce(version)]
    case 'listed':
      return [announce(version), listedPart(version)]
  }
}

/** Touches a file that a patch of the fork touches as well, above its lines. */
const countCharacters: Change = {
  subject: 'Pad totals on request',
  files: {
    'lib/format.sh': (old) =>
      swap(
        old,
        '# One line for people.\n',
        '# One line for people.\n# Set `width` to pad.\nwidth=0\n\npad() {\n  printf "%*s" "$width" "$1"\n}\n',
      ),
    'lib/count.sh': (old) => `${old}
count_files() {
  echo "$#"
}
`,
    'tests/files.sh': `. ./lib/count.sh
expect 2 "$(count_files a b)"
`,
  },
}

/** Meets the fork's patch of the limit in the same line. */
const lowerTheLimit: Change = {
  subject: 'Lower the limit to what small machines bear',
  files: { 'lib/limits.sh': (old) => swap(old, 'limit=100', 'limit=80') },
}

/** Does in another way what a patch of the fork does: both apply, and only a person can say whether one is too many. */
const takeTheDefaultFile: Change = {
  subject: 'Take the default file from TALLY_FILE (#7)',
  files: {
    'lib/options.sh': (old) => swap(old, '  done\n', '  done\n  : "$' + '{TALLY_FILE:=$file}"\n'),
  },
}

/** Merges well and still turns the fork red: one of its files lacks what this asks for. */
const demandPurposes: Change = {
  subject: 'Ask every part for its purpose',
  files: {
    'tests/purposes.sh': `for part in lib/*.sh; do
  read -r first < "$part"
  case $first in
    '# Purpose: '*) ;;
    *) fail "$part does not say its purpose" ;;
  esac
done
`,
  },
}

/** What a person of the fork does about it. */
export const purposeOfJson: Change = {
  subject: 'Say the purpose of the JSON output',
  files: { 'lib/json.sh': (old) => `# Purpose: output for programs.\n${old}` },
}

/** What a person makes of the file that `conflicting` releases and the fork both changed. */
export const settledLimits = `# Purpose: what is too much.
# Words above this are not counted.
limit=400

over_limit() {
  [ "$1" -gt "$limit" ]
}
`

function announce(version: string): Change {
  return {
    subject: `Release ${version}`,
    files: {
      'lib/version.sh': (old) => old.replace(/^version=.*$/m, `version=${version}`),
      'CHANGELOG.md': (old) => swap(old, '# Changes\n', `# Changes\n\n## ${version}\n\n- See the log.\n`),
    },
  }
}
