#!/usr/bin/env node
// No static imports: this file must load on any Node, so that an old one gets a sentence instead of a stack trace.

const [major, minor] = process.versions.node.split('.').map(Number)

if (Number(major) < 22 || (Number(major) === 22 && Number(minor) < 19)) {
  process.stderr.write(`error: Undrift needs Node.js 22.19 or newer; this is ${process.versions.node}.\n`)
  process.exitCode = 2
} else {
  import('./main.ts').then(
    // What still holds the process up (a connection, a timer) must not; all output is out by now.
    ({ main }) => main().then((code) => process.exit(code)),
    (error: unknown) => {
      process.stderr.write(`error: Undrift could not be loaded: ${String(error)}\n`)
      process.exitCode = 70
    },
  )
}

export {}
