import { expect, test } from './support/test'

const run = 'window.hit=1'

/** What people try: none may run, none may be swallowed. */
const payloads = [
  `<script>${run}</script>`,
  `<script src=https://evil.example/x.js></script>`,
  `<img src=x onerror=${run}>`,
  `<img src=x onerror="${run}">`,
  `<svg onload=${run}>`,
  `<svg><script>${run}</script></svg>`,
  `<svg><a xlink:href="javascript:${run}"><text y=9>x</text></a></svg>`,
  `<math><mtext><img src=x onerror=${run}></mtext></math>`,
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="<script>parent.hit=1</script>"></iframe>`,
  `<object data="javascript:${run}"></object>`,
  `<embed src="javascript:${run}">`,
  `<a href="javascript:${run}">x</a>`,
  `<body onload=${run}>`,
  `<details open ontoggle=${run}>x</details>`,
  `<input autofocus onfocus=${run}>`,
  `<video><source onerror=${run}></video>`,
  `<style>*{background:url(https://evil.example)}</style>`,
  `<link rel=stylesheet href=https://evil.example/x.css>`,
  `<meta http-equiv=refresh content="0;url=https://evil.example">`,
  `<base href=https://evil.example>`,
  `<form action=https://evil.example><button>x</button></form>`,
  `"><script>${run}</script>`,
  `<!--><img src=x onerror=${run}>-->`,
  `<![CDATA[<script>${run}</script>]]>`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
  `[x](javascript:${run})`,
  `[x](JaVaScRiPt:${run})`,
  `[x](java&#115;cript:${run})`,
  `[x](&#106;avascript:${run})`,
  `[x](javascript&colon;${run})`,
  `[x](<java\tscript:${run}>)`,
  `[x](<\u0001javascript:${run}>)`,
  `[x](vbscript:${run})`,
  `[x](data:text/html,<script>${run}</script>)`,
  `[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGl0PTE8L3NjcmlwdD4=)`,
  `[x](file:///etc/passwd)`,
  `[x](blob:https://evil.example/x)`,
  `[x](//evil.example)`,
  `[x](https://bank.example@evil.example)`,
  `[x](https://a.example "onmouseover=${run}")`,
  `[x](https://a.example/"onmouseover="${run})`,
  `[a]: javascript:${run}\n\n[a]`,
  `<javascript:${run}>`,
  `<data:text/html,x>`,
  `![x](javascript:${run})`,
  `![x](https://evil.example/pixel.png)`,
  `![x](x"onerror="${run})`,
  `[![x](javascript:${run})](javascript:${run})`,
  `[<img src=x onerror=${run}>](https://a.example)`,
  `**<b onclick=${run}>x</b>**`,
  `\`<img src=x onerror=${run}>\``,
  `\`\`\`html\n<img src=x onerror=${run}>\n\`\`\``,
  `\`\`\`"><img src=x onerror=${run}>\nx\n\`\`\``,
  `| <img src=x onerror=${run}> |\n|---|\n| [x](javascript:${run}) |`,
  `- [ ] <input onfocus=${run} autofocus>\n- [x] [y](javascript:${run})`,
  `https://a.example/"onmouseover="${run}`,
  `www.a.example/<script>${run}</script>`,
  `javascript:${run}//@a.example`,
  `&lt;script&gt;${run}&lt;/script&gt; *`,
]

const allowed = new Set(
  'div p h2 strong em del code pre a span ul ol li blockquote hr table thead tbody tr th td button svg path rect'.split(
    ' ',
  ),
)

test('no text runs, loads or leads anywhere but where it says', async ({ person, account }) => {
  expect(payloads.length).toBeGreaterThan(40)
  const bob = await account('bob')
  const { id } = await bob.general()
  // So high that every message is in sight: only those are drawn.
  const alice = await person('alice', { viewport: { width: 1280, height: 9000 } })
  const { page } = alice
  const alarms: string[] = []
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => alarms.push('dialog')))
  page.on('request', (request) => {
    if (request.url().includes('evil.example')) alarms.push(request.url())
  })
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      Object.assign(window, { violation: event.blockedURI + event.violatedDirective })
    })
  })
  await alice.signUp()
  for (const payload of payloads) await bob.send(id, payload)
  await bob.send(id, '**the end**')
  await expect(alice.log.locator('strong', { hasText: 'the end' })).toBeVisible()
  await expect(alice.log.getByRole('article')).toHaveCount(payloads.length + 1)

  for (const payload of payloads.slice(-40)) {
    await alice.composer.fill(payload)
    await alice.composer.press('Control+Shift+P')
    await expect(page.getByRole('region', { name: 'Preview' })).toBeVisible()
    await alice.composer.press('Control+Shift+P')
  }
  const found = await page.evaluate(() => {
    const within = [...document.querySelectorAll('[role=log] .message-text *')]
    return {
      count: within.length,
      names: [...new Set(within.map((element) => element.localName))],
      handlers: within
        .flatMap((element) => element.getAttributeNames())
        .filter((name) => name.startsWith('on') || name.startsWith('src')),
      hrefs: within.flatMap((element) => element.getAttribute('href') ?? []),
      hit: 'hit' in window,
      violation: 'violation' in window ? window.violation : null,
    }
  })
  expect(found.count).toBeGreaterThan(payloads.length)
  expect(found.names.filter((name) => !allowed.has(name))).toEqual([])
  expect(found.handlers).toEqual([])
  expect(found.hrefs.length).toBeGreaterThan(3)
  expect(found.hrefs.filter((href) => !/^(?:https?:\/\/|mailto:)/u.test(href))).toEqual([])
  expect(found.hit).toBe(false)
  expect(found.violation).toBeNull()
  expect(alarms).toEqual([])
  // As it was typed, and in no other way.
  await expect(alice.message(`<img src=x onerror="${run}">`)).toBeVisible()
})
