/** The example of the documentation, which tests change at one place each. */
export const example = `upstreams:
  codex:
    git: https://github.com/openai/codex.git
    feed: https://github.com/openai/codex/releases.atom
    poll: 10m
    tags: { prefix: rust-v }
forks:
  my-codex:
    upstream: codex
    remotes: { origin: git@github.com:me/codex.git, mirror: ssh://git@git.example.org/me/codex.git }
    branch: main
    verify: [npm ci, npm test]
    publish: { candidate: "undrift/candidate/{tag}", to: [origin, mirror], push: false }
`
