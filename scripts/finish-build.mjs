// After the compiler: the command has to be executable, also when npm links it from a checkout.
import { chmodSync } from 'node:fs'

chmodSync(new URL('../dist/cli/main.js', import.meta.url), 0o755)
