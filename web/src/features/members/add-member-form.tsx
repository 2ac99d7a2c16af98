import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'

import { fetchBody } from '@/api/client'
import { fieldText } from '@/i18n/failure-text'
import { useTexts } from '@/i18n/language'
import { Failure, failureOf } from '@/lib/failure'
import { useSubmit } from '@/lib/use-submit'
import { keys } from '@/realtime/keys'
import { useLive } from '@/realtime/live-context'
import { Button } from '@/ui/button'
import { Form } from '@/ui/form'
import { TextField } from '@/ui/text-field'
import { toast } from '@/ui/toast-store'

export function AddMemberForm({ roomId }: { roomId: number }) {
  const t = useTexts()
  const { queries } = useLive()
  const listId = useId()
  const [username, setUsername] = useState('')
  const suggestions = useSuggestions(username)
  const submission = useSubmit(async () => {
    await addMember(roomId, username.trim())
    toast(t.members.added(username.trim()))
    setUsername('')
    await queries.invalidateQueries({ queryKey: keys.members(roomId) })
  })
  const isUnknown = submission.failure?.code === 'NOT_FOUND'
  return (
    <Form submission={submission} fields={['username']}>
      <TextField
        label={t.members.addLabel}
        action={
          <Button type="submit" look="quiet" busy={submission.busy}>
            {t.members.add}
          </Button>
        }
        name="username"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        list={listId}
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        error={isUnknown ? t.members.notFound : fieldText(t, submission.failure, 'username')}
      />
      <datalist id={listId}>
        {suggestions.map((user) => (
          <option key={user.id} value={user.username} />
        ))}
      </datalist>
    </Form>
  )
}

async function addMember(roomId: number, username: string): Promise<void> {
  try {
    await fetchBody('post', '/rooms/{id}/add-member', { path: { id: roomId }, body: { username } })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'NOT_FOUND') throw failure
    throw new Failure('NOT_FOUND', { status: 404, fields: { username: 'NOT_FOUND' } })
  }
}

function useSuggestions(prefix: string) {
  const q = prefix.trim()
  const { data = [] } = useQuery({
    queryKey: ['users', q],
    queryFn: () => fetchBody('get', '/users', { query: { q, limit: 8 } }),
    enabled: q.length > 0,
    staleTime: 30_000,
  })
  return data
}
