import tseslint from 'typescript-eslint'

/** The import table of ARCHITECTURE.md: which room may import which. Biome does the rest of the linting. */
const rooms = {
  domain: [],
  config: ['domain'],
  git: ['domain'],
  adapters: ['domain'],
  seal: ['domain', 'config'],
  activities: ['domain', 'config', 'git', 'adapters', 'seal'],
  workflows: ['domain', 'activities'],
  workers: ['domain', 'config', 'git', 'adapters', 'seal', 'activities', 'workflows'],
  client: ['domain', 'config', 'git', 'seal', 'workflows'],
}
const everyRoom = [...Object.keys(rooms), 'harness']

/** Packages that only some rooms may load; a room that is not named may load none of them. */
const packages = {
  domain: ['fast-check', 'vitest'],
  workflows: ['@temporalio/workflow', '@temporalio/common', 'vitest'],
}

function otherRooms(room) {
  return everyRoom.filter((other) => other !== room && !rooms[room].includes(other))
}

function importRules(room) {
  const patterns = [
    {
      regex: `^(\\.\\./)+(${otherRooms(room).join('|')})(/|$)`,
      message: `${room}/ may import only: ${rooms[room].join(', ') || 'nothing'} (see ARCHITECTURE.md).`,
    },
  ]
  if (room === 'activities') {
    patterns.push({
      regex: '^(\\.\\./)+config/',
      allowTypeImports: true,
      message: 'activities/ takes only types from config/.',
    })
  }
  if (room === 'workflows') {
    patterns.push({
      regex: '^(\\.\\./)+activities/',
      allowTypeImports: true,
      message: 'workflows/ takes only types from activities/.',
    })
  }
  if (room === 'client') {
    patterns.push({
      regex: '^(\\.\\./)+workflows/(?!messages)',
      allowTypeImports: true,
      message: 'client/ takes only messages.ts and types from workflows/.',
    })
  }
  const allowed = packages[room]
  if (allowed) {
    patterns.push({
      regex: `^(?!\\.|${allowed.map((name) => `${name}$`).join('|')})`,
      message: `${room}/ loads no packages but ${allowed.join(', ')}.`,
    })
  }
  return {
    'no-restricted-imports': 'off',
    '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
  }
}

/** In the rooms that must be deterministic, the clock, chance and the environment are not at hand. */
const noAmbient = {
  'no-restricted-globals': ['error', 'process', 'fetch', 'performance', 'crypto', 'setInterval'],
  'no-restricted-syntax': [
    'error',
    {
      selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
      message: 'Pass the time in.',
    },
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Pass the time in.' },
    { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Pass chance in.' },
  ],
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
    },
  },
  ...Object.keys(rooms).map((room) => ({ files: [`${room}/**/*.ts`], rules: importRules(room) })),
  // Tests of workflows run on a real server in real workers, tests of steps in real folders, and rules that git or a shell
  // has made are compared with theirs.
  {
    files: [
      'domain/**/*.test.ts',
      'workflows/**/*.test.ts',
      'workflows/testing.ts',
      'workflows/testing-hooks.ts',
      'workflows/testing-watch.ts',
      'activities/testing.ts',
    ],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  { files: ['domain/**/*.ts'], ignores: ['**/*.test.ts'], rules: noAmbient },
)
