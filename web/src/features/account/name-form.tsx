import { useState } from 'react'

import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { useSubmit } from '@/lib/use-submit'
import { useLive, useMe } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'
import { toast } from '@/ui/toast-store'

import { saveAccount } from './save-account'

export function NameForm() {
  const t = useTexts()
  const me = useMe()
  const { socket } = useLive()
  const [username, setUsername] = useState(me.username)
  const submission = useSubmit(async () => {
    await saveAccount(me.id, { username })
    socket.renew()
    toast(t.common.saved)
  })
  return (
    <Form submission={submission} fields={['username']} label={t.profile.nameTitle}>
      <TextField
        label={t.session.username}
        hint={t.profile.nameText}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        error={fieldText(t, submission.failure, 'username')}
      />
      <Button type="submit" busy={submission.busy} className="self-start">
        {t.common.save}
      </Button>
    </Form>
  )
}
