import type { Change } from './change.ts'

/**
 * The upstream project of the rehearsal: `tally`, a word counter in plain shell, whose checks need nothing but /bin/sh,
 * so that they run in an empty sandbox.
 */
export const upstreamRoot: Change = {
  subject: 'Count words and lines',
  files: {
    'README.md': '# tally\n\nCounts words and lines.\n\n    sh bin/tally.sh FILE\n',
    'CHANGELOG.md': '# Changes\n\n## 1.0.0\n\n- First release.\n',
    'bin/tally.sh': `#!/bin/sh
# Purpose: the command itself.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
for part in version options limits count format; do
  . "$home/lib/$part.sh"
done

read_options "$@"
case $action in
  version) print_version ;;
  count) print_total "$(count_words "$file")" words ;;
  lines) print_total "$(count_lines "$file")" lines ;;
esac
`,
    'lib/version.sh': `# Purpose: who we are.
version=1.0.0

# The rest of this file is for whoever packages tally.
# A packager names the build here.
build=

print_version() {
  echo "tally $version\${build:+ ($build)}"
}
`,
    'lib/options.sh': `# Purpose: the command line.
action=count
file=/dev/null

read_options() {
  for option in "$@"; do
    case $option in
      --version) action=version ;;
      --lines) action=lines ;;
      -*) echo "unknown option $option" >&2; return 2 ;;
      *) file=$option ;;
    esac
  done
}
`,
    'lib/limits.sh': `# Purpose: what is too much.
# Words above this are not counted.
limit=100

over_limit() {
  [ "$1" -gt "$limit" ]
}
`,
    'lib/count.sh': `# Purpose: counting.
count_words() {
  total=0
  while read -r line || [ -n "$line" ]; do
    for word in $line; do
      over_limit "$total" && break 2
      total=$((total + 1))
    done
  done < "$1"
  echo "$total"
}

count_lines() {
  total=0
  while read -r line || [ -n "$line" ]; do
    total=$((total + 1))
  done < "$1"
  echo "$total"
}
`,
    'lib/format.sh': `# Purpose: output.
# One line for people.

print_total() {
  echo "$1 $2"
}
`,
    'tests/count.sh': `printf 'one two\\nthree\\n' > "$scratch/input"
expect '3 words' "$(tally "$scratch/input")"
expect '2 lines' "$(tally --lines "$scratch/input")"
`,
    'tests/options.sh': `tally --nonsense 2>/dev/null && fail 'an unknown option was taken'
true
`,
    'check.sh': `#!/bin/sh
# Purpose: runs every test of tests/.
set -eu
cd -- "$(dirname -- "$0")"
scratch=/tmp
checks=0

fail() { echo "red: $*"; exit 1; }
expect() {
  checks=$((checks + 1))
  [ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}
tally() { sh bin/tally.sh "$@"; }

for test in tests/*.sh; do
  echo "running $test"
  . "./$test"
done
echo "green: $checks checks"
`,
  },
}

/** What the fork carries: five patches on v1.0.0, which touch files that later releases touch, too. */
export const forkPatches: readonly Change[] = [
  {
    subject: 'Put a mark before every total',
    files: {
      'lib/format.sh': (old) => swap(old, '  echo "$1 $2"', '  echo "= $1 $2"'),
      'tests/count.sh': (old) => old.replaceAll("expect '", "expect '= "),
    },
  },
  {
    subject: 'Take the default file from TALLY_FILE',
    files: {
      'lib/options.sh': (old) => swap(old, 'file=/dev/null', 'file=$' + '{TALLY_FILE:-/dev/null}'),
    },
  },
  {
    subject: 'Print JSON on request',
    files: {
      'lib/json.sh': 'print_json() {\n  echo "{ \\"$2\\": $1 }"\n}\n',
      'tests/json.sh': `. ./lib/json.sh
expect '{ "words": 3 }' "$(print_json 3 words)"
`,
    },
  },
  {
    subject: 'Raise the limit for our build machines',
    files: { 'lib/limits.sh': (old) => swap(old, 'limit=100', 'limit=500') },
  },
  {
    subject: 'Name our build',
    files: {
      'lib/version.sh': (old) => swap(old, 'build=\n', 'build=fork\n'),
      'tests/version.sh': `case $(tally --version) in
  *'(fork)') ;;
  *) fail 'the build is not named' ;;
esac
`,
    },
  },
]

/** Replaces exactly one occurrence, so that a change of the project that no longer fits is noticed here. */
export function swap(old: string, from: string, to: string): string {
  const parts = old.split(from)
  if (parts.length !== 2) throw new Error(`expected one "${from}", found ${parts.length - 1}`)
  return parts.join(to)
}
