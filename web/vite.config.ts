import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { answerInstead, upstream } from './dev/server-stand-in.mjs'

const standIn: Plugin = {
  name: 'margay-server-stand-in',
  apply: 'serve',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      if (!answerInstead(request, response)) next()
    })
  },
}

export default defineConfig({
  plugins: [react(), standIn],
  // The server puts a fresh nonce in this place of index.html for each response.
  html: { cspNonce: '__MARGAY_NONCE__' },
  build: {
    target: 'es2023',
    sourcemap: false,
    // A font as `data:` is refused by the CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // The framework stays the same, and cached, while the console changes.
        codeSplitting: {
          groups: [{ name: 'react', test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(?!react-virtual|virtual-core))\// }],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: upstream.url, changeOrigin: true, headers: { 'X-API-Key': upstream.token } } },
  },
  test: { include: ['src/**/*.test.{ts,tsx}'] },
})
